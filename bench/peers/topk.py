"""Exact top-K by others. Factors and queries are (rows, rank) f32 files."""
import time

import faiss
import implicit.cpu.topk
import numpy
from usearch.index import MetricKind
from usearch.index import search as usearch_search

state = {}


def load(items, queries, rank):
    state["items"] = numpy.fromfile(items, numpy.float32).reshape(-1, rank)
    state["queries"] = numpy.fromfile(queries, numpy.float32).reshape(-1, rank)
    index = faiss.IndexFlatIP(rank)
    index.add(state["items"])
    state["faiss"] = index
    return {"items": len(state["items"])}


def faiss_flat(query, k):
    return state["faiss"].search(query, k)[1][0]


def implicit_topk(query, k):
    return implicit.cpu.topk.topk(state["items"], query, k, num_threads=1)[0][0]


def numpy_topk(query, k):
    scores = state["items"] @ query[0]
    best = numpy.argpartition(-scores, k)[:k]
    return best[numpy.argsort(-scores[best])]


def usearch_exact(query, k):
    return usearch_search(state["items"], query[0], k, MetricKind.IP, exact=True, threads=1).keys


peers = {"faiss": faiss_flat, "implicit": implicit_topk, "numpy": numpy_topk, "usearch": usearch_exact}


def one(peer, query, k):
    """Milliseconds of one query, and its rows."""
    search = peers[peer]
    row = state["queries"][query : query + 1]
    began = time.perf_counter()
    rows = search(row, k)
    return {"ms": (time.perf_counter() - began) * 1e3, "rows": [int(i) for i in rows]}


def batch(k, count):
    """Milliseconds of implicit's batch for the first queries."""
    began = time.perf_counter()
    rows, _ = implicit.cpu.topk.topk(state["items"], state["queries"][:count], k, num_threads=1)
    return {"ms": (time.perf_counter() - began) * 1e3, "rows": rows[:: max(1, count // 50)].tolist()}


def bandwidth():
    """GB/s that one thread reads from memory in BLAS's sdot, the best of five."""
    values = numpy.ones(64 * 2**20, numpy.float32)
    best = 0.0
    for _ in range(5):
        began = time.perf_counter()
        numpy.dot(values, values)
        best = max(best, values.nbytes / (time.perf_counter() - began) / 1e9)
    return {"gbs": best}
