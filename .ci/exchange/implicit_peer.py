"""
The real implicit beside aisle's exports and imports.

    implicit_peer.py train EVENTS OUT [BEFORE]    fits to a shop's purchases (before a date): OUT.npz and ids by line
    implicit_peer.py same NPZ EVENTS LISTS [IDS]  its top 20 without what a user has, for every user, are aisle's LISTS
"""

import csv
import gzip
import json
import sys

import numpy
import scipy.sparse
from implicit.cpu.als import AlternatingLeastSquares

PURCHASE = 5.0
TOP = 20
# Scores are float32 there; rows within so much of each other may stand either way round.
TIE = 2e-6


def read_matrix(path, before="9999", ids=(None, None)):
    """(users × items) sums of the events' weights, with both sides' ids."""
    users, items = [dict((id, row) for row, id in enumerate(known or [])) for known in ids]
    rows, columns = [], []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for event in csv.DictReader(file):
            if event["timestamp"] < before:
                rows.append(users.setdefault(event["user_id"], len(users)))
                columns.append(items.setdefault(event["item_id"], len(items)))
    values = numpy.full(len(rows), PURCHASE, numpy.float32)
    matrix = scipy.sparse.coo_matrix((values, (rows, columns)), shape=(len(users), len(items)))
    return matrix.tocsr(), list(users), list(items)


def train(events, out, before="9999"):
    matrix, users, items = read_matrix(events, before)
    model = AlternatingLeastSquares(factors=32, alpha=0.5, regularization=2.0, iterations=10, random_state=1)
    model.fit(matrix, show_progress=False)
    model.save(f"{out}.npz")
    for side, ids in (("users", users), ("items", items)):
        with open(f"{out}.{side}.txt", "w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{id}\n" for id in ids)
    print(f"implicit fitted {matrix.nnz} pairs of {len(users)} users and {len(items)} items")


def read_lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return file.read().splitlines()


def same(npz, events, lists, ids=None):
    model = AlternatingLeastSquares.load(npz)
    if ids is None:
        arrays = numpy.load(npz, allow_pickle=False)
        users, items = list(arrays["user_ids"]), list(arrays["item_ids"])
    else:
        users, items = read_lines(f"{ids}.users.txt"), read_lines(f"{ids}.items.txt")
    matrix, _, _ = read_matrix(events, ids=(users, items))
    assert matrix.shape == (len(users), len(items)), f"{matrix.shape} is not the shape of the ids"
    rows = {id: row for row, id in enumerate(users)}
    asked = [json.loads(line) for line in open(lists, encoding="utf-8")]
    order = [rows[answer["userId"]] for answer in asked]
    found, scores = model.recommend(order, matrix[order], N=TOP, filter_already_liked_items=True)
    turned = 0
    for answer, best, values in zip(asked, found, scores):
        ours = [(item["itemId"], item["score"]) for item in answer["items"]]
        assert len(ours) == TOP, f"{answer['userId']} is answered with {len(ours)} items"
        theirs = dict(zip((items[row] for row in best), values))
        for place, (item, score) in enumerate(ours):
            if items[best[place]] == item:
                assert abs(values[place] - score) < TIE, f"{answer['userId']}, {item}: {values[place]} and {score}"
                continue
            # Another item at this place is right only where the two scores are as good as equal.
            turned += 1
            assert abs(values[place] - score) < TIE, f"{answer['userId']}, place {place + 1}: {items[best[place]]} and {item}"
            assert item in theirs or place == TOP - 1, f"{answer['userId']}: {item} is not among implicit's {TOP}"
    assert len(asked) > 1000 and turned <= len(asked) * TOP // 1000, f"{turned} of {len(asked)} × {TOP} rows differ"
    print(f"{len(asked)} users have the same {TOP} items by implicit and by aisle ({turned} rows within {TIE} of the next)")


if __name__ == "__main__":
    {"train": train, "same": same}[sys.argv[1]](*sys.argv[2:])
