"""readers_llamafactory.py DATASET MODEL CONFIG RUNS OUT: did the launched run
succeed, and how does LLaMA-Factory read every row through its configuration?"""

import json
import math
import sys

import yaml
from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer
from transformers import AutoTokenizer

from readers_rows import CONTENT, END, NEWLINE_AFTER, Masks, check, rows, say

dataset, model, config, runs, out = sys.argv[1:]
with open(runs, encoding="utf-8") as f:
    (run,) = json.load(f)
got = [run.get(key) for key in ("state", "step", "total_steps")]
steps = len(list(rows(dataset, "train")))
check(got == ["succeeded", steps, steps], f"the run is {got[0]} at step {got[1]} of {got[2]}, not {steps}: {run.get('reason')}")
losses = [run.get("loss"), run.get("eval_loss")]
check(all(loss is not None and math.isfinite(loss) for loss in losses), f"the run's loss and validation loss are {losses}")
say(f"the run succeeded after {steps} steps: loss {losses[0]:.4f}, validation loss {losses[1]:.4f}")
with open(config, encoding="utf-8") as f:
    settings = yaml.safe_load(f)
settings["output_dir"] = out  # the run's own has checkpoints to resume from
model_args, data_args, training_args, _, _ = get_train_args(settings)
tokenizer = load_tokenizer(model_args)
template = get_template_and_fix_tokenizer(tokenizer["tokenizer"], data_args)
read = get_dataset(template, model_args, data_args, training_args, stage="sft", **tokenizer)
masks = Masks(AutoTokenizer.from_pretrained(model), expected=(CONTENT, END, NEWLINE_AFTER))
for split, name in (("train", "train_dataset"), ("validation", "eval_dataset")):
    for row, item in zip(rows(dataset, split), read[name], strict=True):
        masks.add(row, item["input_ids"], [label != -100 for label in item["labels"]])
masks.report()
