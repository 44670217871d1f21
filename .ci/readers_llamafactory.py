"""readers_llamafactory.py DATASET SMALL MODEL CONFIG RUNS OUT: did the launched run
on SMALL/messages succeed, how does LLaMA-Factory read every row of DATASET through
its configuration, and what does one step count on the rows of each layout?"""

import json
import math
import os
import sys

import yaml
from datasets import load_dataset
from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer
from llamafactory.train.tuner import run_exp
from transformers import AutoTokenizer

from readers_rows import CONTENT, END, NEWLINE_AFTER, Masks, check, manifest, rows, say, shards
from readers_steps import Counted, compare, layouts, ours

dataset, small, model, config, runs, out = sys.argv[1:]
with open(config, encoding="utf-8") as f:
    launched = yaml.safe_load(f)


def check_run():
    with open(runs, encoding="utf-8") as f:
        (run,) = json.load(f)
    got = [run.get(key) for key in ("state", "step", "total_steps")]
    steps = len(list(rows(os.path.join(small, "messages"), "train")))
    check(got == ["succeeded", steps, steps], f"the run is {got[0]} at step {got[1]} of {got[2]}, not {steps}: {run.get('reason')}")
    losses = [run.get("loss"), run.get("eval_loss")]
    check(all(loss is not None and math.isfinite(loss) for loss in losses), f"the run's loss and validation loss are {losses}")
    say(f"the run succeeded after {steps} steps: loss {losses[0]:.4f}, validation loss {losses[1]:.4f}")


def read_rows():
    """Every row of the dataset, in the place of those that were launched."""
    directory = os.path.join(out, "data")
    for split in ("train", "validation"):
        os.makedirs(os.path.join(directory, split))
        for path in shards(dataset, split):
            os.symlink(path, os.path.join(directory, split, os.path.basename(path)))
    os.symlink(os.path.join(launched["dataset_dir"], "dataset_info.json"), os.path.join(directory, "dataset_info.json"))
    settings = dict(launched, dataset_dir=directory, cutoff_len=manifest(dataset)["window"], output_dir=os.path.join(out, "read"))
    model_args, data_args, training_args, _, _ = get_train_args(settings)
    tokenizer = load_tokenizer(model_args)
    template = get_template_and_fix_tokenizer(tokenizer["tokenizer"], data_args)
    read = get_dataset(template, model_args, data_args, training_args, stage="sft", **tokenizer)
    masks = Masks(AutoTokenizer.from_pretrained(model), expected=(CONTENT, END, NEWLINE_AFTER))
    for split, name in (("train", "train_dataset"), ("validation", "eval_dataset")):
        for row, item in zip(rows(dataset, split), read[name], strict=True):
            masks.add(row, item["input_ids"], [label != -100 for label in item["labels"]])
    masks.report()


def tokenised(directory, layout):
    """The rows as the directory that LLaMA-Factory takes for tokenised. It reads no
    Parquet of ids, and its collator makes tensors of every column: what stands
    beside the ids is left out."""
    path = os.path.join(out, layout, "tokenised")
    read = load_dataset("parquet", data_files={"train": shards(directory, "train")})
    read.select_columns(["input_ids", "attention_mask", "labels"]).save_to_disk(path)
    return path


def step(directory, layout):
    count = len(list(rows(directory, "train")))
    settings = dict(
        launched, output_dir=os.path.join(out, layout, "out"), overwrite_output_dir=True, max_steps=1,
        per_device_train_batch_size=1, gradient_accumulation_steps=count, eval_strategy="no", save_strategy="no", plot_loss=False)
    settings.pop("eval_dataset", None)
    if layout != "messages":
        settings["tokenized_path"] = tokenised(directory, layout)
    with Counted() as counted:
        run_exp(settings)
    compare("LLaMA-Factory", layout, counted.one(), ours(directory, layout, "llamafactory"))


check_run()
read_rows()
for layout, directory in layouts(small):
    step(directory, layout)
