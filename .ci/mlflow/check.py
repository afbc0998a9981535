"""What MLflow has of a run, by its Python client, beside the records in the registry: check.py REGISTRY RUN"""

import json
import sys
from pathlib import Path

import mlflow
from mlflow import MlflowClient

registry, run = Path(sys.argv[1]), sys.argv[2]
records = registry / "runs" / run
client = MlflowClient()


def read(name):
    return json.loads((records / name).read_text())


def same(what, found, expected):
    if found != expected:
        sys.exit(f"{run}: {what} is {found!r} in MLflow, and {expected!r} in the registry")


experiment = client.get_experiment_by_name("aisle")
everything = client.search_runs([experiment.experiment_id], f"tags.`aisle.run` = '{run}'", max_results=1000)
trials = {path.stem: read(path.name) for path in records.glob("[0-9]*.json") if path.stem.isdigit()}
by_title = {each.info.run_name: each for each in everything}
same("the number of runs", len(everything), len(trials) + 1)

whole, result = read("run.json"), read("result.json")
parent = by_title[run]
same("the status", parent.info.status, "FINISHED")
same("the seed", parent.data.params["seed"], str(whole["seed"]))
same("the data's digest", parent.data.tags["aisle.data.digest"], whole["data"]["digest"])
same("the program", parent.data.tags["aisle.version"], whole["program"])
metric = result["metrics"]["all"]["ndcg@10"]
same("the test", parent.data.metrics["test/ndcg_at_10"], metric["value"] if isinstance(metric, dict) else metric)
assert any(name.startswith("baseline/popularity/") for name in parent.data.metrics), "no baseline"

for stem, trial in trials.items():
    child = by_title[f"{run}/{stem}"]
    same("the parent", child.data.tags["mlflow.parentRunId"], parent.info.run_id)
    same("factors", child.data.params["als.factors"], str(trial["recipe"]["als"]["factors"]))
    history = [(each.step, each.value) for each in client.get_metric_history(child.info.run_id, "loss")]
    same("the loss by step", history, [(each["iteration"], each["loss"]) for each in trial["iterations"]])

files = {each.path for each in client.list_artifacts(parent.info.run_id)}
same("the files", files, {"run.json", "result.json", "model"})
version = client.get_model_version_by_alias("aisle-production", "production")
channel = json.loads((registry / "channels" / "production.json").read_text())
if channel["model"] == result["model"]:
    same("the live version's run", version.run_id, parent.info.run_id)
ours = client.search_model_versions(f"run_id = '{parent.info.run_id}'")
same("the number of versions", len(ours), 1)
same("the model", ours[0].tags["aisle.model"], result["model"])
source = mlflow.artifacts.download_artifacts(f"models:/aisle-production/{ours[0].version}")
card = json.loads((Path(source) / "card.json").read_text())
same("the card's digest", card["model"]["sha256"], json.loads((registry / "models" / result["model"] / "manifest.json").read_text())["model"]["sha256"])
print(f"MLflow has {run}: {len(trials)} trials, version {ours[0].version} of aisle-production")
