"""readers_duckdb.py SMALL: the shards as DuckDB reads them, against the manifest."""

import os
import sys

import duckdb

from readers_rows import check, manifest, say, shards
from readers_steps import layouts

TRAINED = {"messages": "sum(n_trained_tokens)"}  # of labels elsewhere
LABELS = "sum(len(list_filter(labels, lambda label: label <> -100)))"

for layout, dataset in layouts(sys.argv[1]):
    splits = {}
    for shard in manifest(dataset)["shards"]:
        rows, trained = splits.get(shard["split"], (0, 0))
        splits[shard["split"]] = rows + shard["rows"], trained + shard["trained_tokens"]
    for split, want in splits.items():
        files = [os.path.abspath(path) for path in shards(dataset, split)]
        got = duckdb.execute(f"select count(*), {TRAINED.get(layout, LABELS)} from read_parquet(?)", [files]).fetchone()
        check(got == want, f"{layout}, {split}: DuckDB counts {got}, the manifest says {want}")
    say(f"DuckDB counts the rows and trained tokens of {layout} that the manifest says")
