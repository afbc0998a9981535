"""
A recommender as tutorials build it: implicit's model in a pickle, the interactions in a CSV, both fetched when the
container begins, and the users' matrix made anew for each request.
"""
import io
import json
import os
import pickle

import boto3
import implicit  # the pickle needs it
import pandas
from botocore.config import Config
from scipy.sparse import csr_matrix

s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))


def read(name):
    return s3.get_object(Bucket=os.environ["BUCKET"], Key=f"{os.environ['PREFIX']}/{name}")["Body"].read()


model = pickle.loads(read("model.pickle"))
interactions = pandas.read_csv(io.BytesIO(read("interactions.csv")))


def handler(event, context):
    asked = event["queryStringParameters"]
    user = int(asked["userId"])
    matrix = csr_matrix((interactions["weight"], (interactions["user"], interactions["item"])))
    items, scores = model.recommend(user, matrix[user], N=int(asked["numResults"]))
    rows = [{"itemId": int(item), "score": float(score)} for item, score in zip(items, scores)]
    return {"statusCode": 200, "body": json.dumps({"items": rows})}
