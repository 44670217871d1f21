"""read.py KIND PLACE: what a tracker's own code reads of what was exported, as JSON
{run: {key: [[step, value], ...]}}, NaN and infinities as their names."""
import glob
import json
import math
import os
import subprocess
import sys


def plain(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def tensorboard(place):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    runs = {}
    for run in os.listdir(place):
        events = EventAccumulator(os.path.join(place, run), size_guidance={"scalars": 0})
        events.Reload()
        runs[run] = {tag: [[e.step, plain(e.value)] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    return runs


def wandb(place):
    """The log is read by wandb's own program, record by record."""
    runs = {}
    for path in glob.glob(os.path.join(place, "wandb", "*", "*.wandb")):
        program = os.path.join(os.path.dirname(sys.executable), "wandb")
        lines = subprocess.run([program, "leet", "inspect", "--json", path], capture_output=True, text=True, check=True).stdout
        curves, name = {}, None
        for record in map(json.loads, lines.splitlines()):
            if record["type"] == "run":
                name = record["run"]["run_id"]
            if record["type"] == "history":
                told = record["history"]
                for key, value in told["item"].items():
                    if not key.startswith("_"):
                        curves.setdefault(key, []).append([int(told["step"].get("num", 0)), plain(value)])
        runs[name] = curves
    return runs


def trackio(place):
    os.environ["TRACKIO_DIR"] = place
    from trackio.sqlite_storage import SQLiteStorage as storage

    runs = {}
    for path in glob.glob(os.path.join(place, "*.db")):
        project = os.path.basename(path)[:-3]
        for run in storage.get_runs(project):
            curves = {}
            for row in storage.get_logs(project, run):
                for key, value in row.items():
                    if key not in ("timestamp", "step", "run_id") and isinstance(value, (int, float, str)):
                        try:
                            curves.setdefault(key, []).append([row["step"], plain(value)])
                        except ValueError:
                            pass
            runs[run] = curves
    return runs


def mlflow(place):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(place)
    runs = {}
    for experiment in client.search_experiments():
        for run in client.search_runs([experiment.experiment_id]):
            curves = {
                key: [[m.step, plain(m.value)] for m in client.get_metric_history(run.info.run_id, key)]
                for key in run.data.metrics
            }
            runs[run.data.tags["trainyard.run"] + " " + run.info.status] = curves
    return runs


print(json.dumps(globals()[sys.argv[1]](sys.argv[2])))
