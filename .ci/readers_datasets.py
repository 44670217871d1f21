"""readers_datasets.py DATASET SMALL FIXTURES: the shards as pyarrow and Hugging Face
datasets read them, those of the other layouts in SMALL too, and their token counts
by the model's own tokenizer. With FIXTURES empty the counts are left out."""

import os
import shutil
import sys
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Value, __version__ as version, load_dataset

from readers_rows import check, ids_of, manifest, reference_trained, rows, say, shards
from readers_steps import layouts

SIDE = {
    **dict.fromkeys(("traj_id", "instance_id", "task", "repo", "source", "teacher"), pa.string()),
    **dict.fromkeys(("n_tokens", "n_trained_tokens", "n_steps"), pa.int32()),
}


def check_schema(path):
    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    check(names == ["messages", *SIDE], f"{path}: columns {names}")
    messages = file.schema_arrow.field("messages").type
    fields = [(f.name, f.type) for f in messages.value_type]
    check(pa.types.is_list(messages) and fields == [("role", pa.string()), ("content", pa.string())],
          f"{path}: messages is {messages}")
    for name, kind in SIDE.items():
        got = file.schema_arrow.field(name).type
        check(got == kind, f"{path}: {name} is {got}")
    check(b"huggingface" not in (file.schema_arrow.metadata or {}), f"{path}: has a huggingface key")
    for i in range(file.num_row_groups):
        check(file.metadata.row_group(i).num_rows <= 512, f"{path}: row group {i} has over 512 rows")
    for name, column in zip(file.schema_arrow.names, file.read().columns):
        check(column.null_count == 0, f"{path}: {name} has nulls")


def check_messages(row):
    where, messages = row["traj_id"], row["messages"]
    for i, message in enumerate(messages):
        want = "system" if i == 0 else ("user", "assistant")[(i - 1) % 2]
        check(message["role"] == want, f"{where}: message {i} is of {message['role']!r}, expected {want!r}")
        check(isinstance(message["content"], str), f"{where}: message {i} has no text")
    check(messages[0]["content"], f"{where}: the system message is empty")
    check(messages[-1]["role"] == "assistant", f"{where}: does not end on an assistant message")


def check_splits(dataset, want):
    read = load_dataset(dataset)
    check(set(read) == set(want), f"load_dataset gives the splits {sorted(read)}, expected {sorted(want)}")
    for split, count in want.items():
        check(read[split].num_rows == count, f"{split}: {read[split].num_rows} rows, the manifest says {count}")
        from_shards = list(rows(dataset, split))
        check(list(read[split]) == from_shards, f"{split}: datasets and pyarrow read different rows")
    say(f"load_dataset of {version} gives {want}")
    return read


def check_texts(read):
    for split, side in read.items():
        text = getattr(side.features["messages"], "feature", None)
        check(text == {"role": Value("string"), "content": Value("string")}, f"{split}: messages are of {side.features['messages']}")


def rows_of_splits(dataset):
    want = {}
    for shard in manifest(dataset)["shards"]:
        want[shard["split"]] = want.get(shard["split"], 0) + shard["rows"]
    return want


def check_tokens(dataset, fixtures, splits):
    from transformers import AutoTokenizer

    with tempfile.TemporaryDirectory() as home:
        for name in ("vocab.json", "merges.txt", "tokenizer_config.json"):
            shutil.copyfile(os.path.join(fixtures, name), os.path.join(home, name))
        tokenizer = AutoTokenizer.from_pretrained(home)
    tokens = trained = 0
    for split in splits:
        for row in rows(dataset, split):
            ids = ids_of(tokenizer, row["messages"])
            got = (len(ids), reference_trained(ids))
            said = (row["n_tokens"], row["n_trained_tokens"])
            check(got == said, f"{row['traj_id']}: {got[0]} tokens, {got[1]} trained; the row says {said[0]} and {said[1]}")
            tokens, trained = tokens + got[0], trained + got[1]
    say(f"{tokens} tokens and {trained} trained, as every row says")
    said = [(s["tokens"], s["trained_tokens"]) for s in manifest(dataset)["shards"]]
    check((tokens, trained) == tuple(map(sum, zip(*said))), f"the manifest's shards count {said}")


dataset, small, fixtures = sys.argv[1:]
want = rows_of_splits(dataset)
for split in want:
    for path in shards(dataset, split):
        check_schema(path)
    for row in rows(dataset, split):
        check_messages(row)
check_texts(check_splits(dataset, want))
for layout, directory in layouts(small):
    check_splits(directory, rows_of_splits(directory))
if fixtures:
    check_tokens(dataset, fixtures, want)
