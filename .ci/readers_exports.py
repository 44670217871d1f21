"""readers_exports.py SMALL OUT: what is exported, read by the software of those who
take it: together's check of a file, tinker's types, Teich for sessions."""

import glob
import json
import os
import subprocess
import sys
from pathlib import Path

import tinker
from teich import convert_traces_to_training_data
from tinker.types._pydantic_types.datum import Datum
from together.utils import check_file

from readers_rows import check, manifest, rows, say

small, out = sys.argv[1:]
datasets = [os.path.join(small, name) for name in ("messages", "tokens", "marked")]


def export(dataset, target):
    directory = os.path.join(out, f"{os.path.basename(dataset)}-{target}")
    subprocess.run([os.environ["TRAINYARD"], "export", dataset, "--for", target, "--out", directory], check=True, stdout=subprocess.DEVNULL)
    return directory


def train_rows(dataset):
    return sum(shard["rows"] for shard in manifest(dataset)["shards"] if shard["split"] == "train")


def check_messages(target):
    for dataset in datasets:
        report = check_file(os.path.join(export(dataset, target), "train.jsonl"))
        check(report["is_check_passed"] and report["num_samples"] == train_rows(dataset), f"{target}: together says {report}")
    say(f"together's check_file passes the lines for {target}, with their weights")


def check_datums():
    for dataset in [*datasets, os.path.join(small, "parts")]:
        trained = 0
        with open(os.path.join(export(dataset, "tinker"), "train.jsonl"), encoding="utf-8") as f:
            for line in f:
                Datum.model_validate_json(line)
                datum = json.loads(line)
                inputs = {name: tinker.TensorData(**value) for name, value in datum["loss_fn_inputs"].items()}
                ids = tinker.ModelInput.from_ints(datum["model_input"]["chunks"][0]["tokens"])
                made = tinker.Datum(model_input=ids, loss_fn_inputs=inputs)
                check(made.loss_fn_inputs["weights"].shape == [made.model_input.length], "a weight too many or too few")
                trained += int(sum(datum["loss_fn_inputs"]["weights"]["data"]))
        want = sum(s["trained_tokens"] for s in manifest(dataset)["shards"] if s["split"] == "train")
        check(trained == want, f"tinker's weights of {dataset} are {trained}, the manifest says {want} trained tokens")
    say("tinker makes a Datum of every line, and the weights are the trained tokens")


def check_sessions():
    dataset = datasets[0]
    files = sorted(glob.glob(os.path.join(export(dataset, "sts"), "train", "*", "*.jsonl")))
    check(len(files) == train_rows(dataset), f"{len(files)} sessions of {train_rows(dataset)} rows")
    for path, row in zip(files, rows(dataset, "train"), strict=True):
        (read,) = convert_traces_to_training_data(Path(path))
        # Teich cuts the white space off the ends of a text.
        said, want = ([(m["role"], m["content"].strip()) for m in side["messages"]] for side in (read, row))
        differ = [i for i, (a, b) in enumerate(zip(said, want)) if a != b]
        check(len(said) == len(want) and not differ, f"{path}: Teich reads {len(said)} messages of {len(want)}, and others at {differ}")
    say(f"Teich reads {len(files)} sessions, every message as the row has it")


for target in ("openai", "together", "fireworks", "axolotl"):
    check_messages(target)
check_datums()
check_sessions()
