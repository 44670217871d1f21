"""readers_axolotl.py DATASET SMALL MODEL OUT: axolotl's own reading of every row of
DATASET and of what is exported for it, then one step of `axolotl train` on the CPU
on the rows of each layout in SMALL."""

import glob
import json
import os
import subprocess
import sys

from readers_rows import CONTENT, END, Masks, check, check_losses, ids_of, manifest, rows, say
from readers_steps import compare, layouts, ours


def conversations(path, split, **more):
    return [{
        "path": path, "split": split, "type": "chat_template", "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
        "roles_to_train": ["assistant"], "train_on_eos": "turn", **more,
    }]


def write_config(model, out, train, validation=None, rows=1):
    """The configuration's path. JSON is YAML."""
    os.makedirs(out, exist_ok=True)
    config = {
        "base_model": model, "chat_template": "tokenizer_default", "sequence_len": 32768, "datasets": train,
        "dataset_prepared_path": os.path.join(out, "prepared"), "dataset_num_proc": 1,
        "output_dir": os.path.join(out, "out"), "micro_batch_size": 1, "gradient_accumulation_steps": rows,
        "optimizer": "adamw_torch", "learning_rate": 1e-5, "lr_scheduler": "cosine", "bf16": False,
        "max_steps": 1, "logging_steps": 1, "eval_strategy": "no", "save_steps": 1,
    }
    if validation:
        config["test_datasets"] = validation
    path = os.path.join(out, "axolotl.yaml")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(config, f)
    return path


def read_rows(dataset, model, out):
    # Not at the top: the processes that axolotl starts import this file, and
    # would each load all of it once more.
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets
    from transformers import AutoTokenizer

    config = write_config(model, out, conversations(dataset, "train"), conversations(dataset, "validation"))
    read = load_datasets(cfg=load_cfg(config))
    tokenizer = AutoTokenizer.from_pretrained(model)
    masks = Masks(tokenizer, expected=(CONTENT, END))
    for split, items in (("train", read.train_dataset), ("validation", read.eval_dataset)):
        # axolotl shuffles what it read: a row is known again by its ids.
        waiting = {tuple(ids_of(tokenizer, row["messages"])): row for row in rows(dataset, split)}
        for item in items:
            row = waiting.pop(tuple(item["input_ids"]), None)
            check(row is not None, f"axolotl made ids of {split} that are no row's")
            masks.add(row, item["input_ids"], [label != -100 for label in item["labels"]])
        check(not waiting, f"axolotl left out {len(waiting)} rows of {split}")
    masks.report()


def read_export(marked, model, out):
    """What is exported of rows of tokens, some turns of which are outside the loss, or
    parts of turns, against the labels of those rows."""
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets

    lines = os.path.join(out, "lines")
    subprocess.run([os.environ["TRAINYARD"], "export", marked, "--for", "axolotl", "--out", lines], check=True, stdout=subprocess.DEVNULL)
    train = conversations(lines, "train", message_field_training="train", message_field_training_detail="train_detail")
    train[0].update(path=os.path.join(lines, "train.jsonl"), ds_type="json", roles_to_train=[])
    read = load_datasets(cfg=load_cfg(write_config(model, out, train))).train_dataset
    want = sorted((list(row["input_ids"]), list(row["labels"])) for row in rows(marked, "train"))
    got = sorted((list(item["input_ids"]), list(item["labels"])) for item in read)
    check(got == want, f"axolotl reads {got} of the export, the rows are {want}")
    say(f"the export for axolotl of rows of {os.path.basename(marked)} has their ids and labels")


def step(directory, layout, model, out):
    train = conversations(directory, "train")
    if layout != "messages":  # a dataset without a type is tokenised already
        train = [{"path": directory, "split": "train", "type": None}]
    count = sum(shard["rows"] for shard in manifest(directory)["shards"] if shard["split"] == "train")
    program = os.path.join(os.path.dirname(sys.executable), "axolotl")
    subprocess.run([program, "train", write_config(model, out, train, rows=count), "--launcher", "python"], check=True)
    (state,) = glob.glob(os.path.join(out, "out", "checkpoint-1", "trainer_state.json"))
    with open(state, encoding="utf-8") as f:
        log = [entry for entry in json.load(f)["log_history"] if "loss" in entry]
    compare("axolotl", layout, log[-1]["tokens/trainable"], ours(directory, layout, "axolotl"))
    check_losses([entry["loss"] for entry in log], 1)


def main(dataset, small, model, out):
    read_rows(dataset, model, os.path.join(out, "read"))
    for marks in ("marked", "parts"):
        read_export(os.path.join(small, marks), model, os.path.join(out, marks))
    for layout, directory in layouts(small):
        step(directory, layout, model, os.path.join(out, layout))


if __name__ == "__main__":
    main(*sys.argv[1:])
