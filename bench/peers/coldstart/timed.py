"""Another handler, with the milliseconds that it takes in its answer."""
import time

import seed


def handler(event, context):
    began = time.perf_counter()
    answer = seed.handler(event, context)
    return {**answer, "handlerMs": (time.perf_counter() - began) * 1e3}
