"""train_seed.py EVENTS FOLDER FACTORS: the seed's model and interactions out of the demo shop's events."""
import pickle
import sys

import pandas
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

events, folder, factors = sys.argv[1:]
frame = pandas.read_csv(events, usecols=["user_id", "item_id", "event_type"])
interactions = pandas.DataFrame(
    {
        "user": frame.user_id.astype("category").cat.codes,
        "item": frame.item_id.astype("category").cat.codes,
        "weight": frame.event_type.map({"View": 1.0, "AddToCart": 2.0, "Purchase": 3.0}).fillna(1.0),
    }
)
matrix = csr_matrix((interactions.weight, (interactions.user, interactions["item"])))
model = AlternatingLeastSquares(factors=int(factors), iterations=3, random_state=1)
model.fit(matrix, show_progress=False)
interactions.to_csv(f"{folder}/interactions.csv", index=False)
with open(f"{folder}/model.pickle", "wb") as file:
    pickle.dump(model, file)
