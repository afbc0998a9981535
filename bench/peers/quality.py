"""EASE, the linear autoencoder in closed form (Steck 2019), over the most popular items of the matrix in `train`."""
import numpy
import scipy.linalg
import train

state = {}


def ease_gram(items_max):
    """XᵀX of the binary matrix, of at most so many items: the inverse is dense."""
    matrix = train.state["matrix"].copy()
    matrix.data[:] = 1
    counts = numpy.asarray(matrix.sum(axis=0)).ravel()
    kept = numpy.sort(numpy.argsort(-counts, kind="stable")[:items_max])
    state["kept"] = kept
    state["binary"] = matrix[:, kept].tocsr()
    state["gram"] = (state["binary"].T @ state["binary"]).toarray().astype(numpy.float32)
    return {"items": len(kept)}


def ease_rank(regularization, users, hidden, k, lists):
    """
    Fits B = I − P diag(1 / diag P), P = (XᵀX + λI)⁻¹, and writes the best k item rows of each of the users (a u32
    file) to `lists`.all and `lists`.new, (users, k) u32. `hidden` is a u8 file aligned with the pairs of the whole
    matrix: 1 where the new-items task leaves the pair out.
    """
    gram = state["gram"].copy()
    gram[numpy.diag_indices_from(gram)] += regularization
    weights = scipy.linalg.inv(gram, overwrite_a=True, assume_a="pos")
    weights /= -numpy.diag(weights)
    numpy.fill_diagonal(weights, 0)
    users = numpy.fromfile(users, numpy.uint32)
    barred = train.state["matrix"].copy()
    barred.data = numpy.fromfile(hidden, numpy.uint8).astype(numpy.float32)
    barred = barred[:, state["kept"]].tocsr()
    with open(f"{lists}.all", "wb") as everything, open(f"{lists}.new", "wb") as new:
        for start in range(0, len(users), 1000):
            some = users[start : start + 1000]
            scores = state["binary"][some].astype(numpy.float32) @ weights
            write_best(scores, k, everything)
            scores[barred[some].toarray() > 0] = -numpy.inf
            write_best(scores, k, new)
    return {"users": len(users)}


def write_best(scores, k, file):
    best = numpy.argpartition(-scores, k, axis=1)[:, :k]
    falling = numpy.take_along_axis(-scores, best, axis=1).argsort(axis=1, kind="stable")
    state["kept"][numpy.take_along_axis(best, falling, axis=1)].astype(numpy.uint32).tofile(file)
