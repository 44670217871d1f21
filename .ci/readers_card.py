"""readers_card.py DATASET: the card as Hugging Face datasets reads it, and its
Croissant metadata as mlcroissant does."""

import json
import logging
import os
import sys
from importlib.metadata import version

import mlcroissant
from datasets import load_dataset

from readers_rows import check, manifest, say

dataset = sys.argv[1]
logging.disable(logging.WARNING)
told = manifest(dataset)

for side in ("train", "validation"):
    want = told["totals"][side]["rows"]
    got = load_dataset(dataset, split=side, cache_dir="cache").num_rows if want else 0
    check(got == want, f"{side}: {got} rows, the manifest says {want}")
outcomes = load_dataset(dataset, "outcomes", split="outcomes", cache_dir="cache")
read = told["totals"]["funnel"]["read"]["records"]
check(outcomes.num_rows == read, f"outcomes: {outcomes.num_rows} rows, {read} records were read")
say(f"the card's configurations load: {read} outcomes beside the rows")

croissant = mlcroissant.Dataset(jsonld=os.path.join(dataset, "croissant.json"))
issues = croissant.metadata.ctx.issues
check(not issues.errors, f"mlcroissant finds {issues.report()}")
check(str(croissant.metadata.ctx.conforms_to.value).endswith("/1.1"), "it is not Croissant 1.1")
for name, want in (("rows", told["totals"]["train"]["rows"]), ("outcomes", read)):
    got = sum(1 for _ in croissant.records(name))
    check(got == want, f"{name}: mlcroissant reads {got} records, the manifest says {want}")
with open(os.path.join(dataset, "croissant.json"), encoding="utf-8") as file:
    files = {f["@id"]: f for f in json.load(file)["distribution"]}
for shard in told["shards"]:
    check(files[shard["file"]]["sha256"] == shard["sha256"], f"{shard['file']}: another digest")
say(f"mlcroissant {version('mlcroissant')} validates and reads it")
