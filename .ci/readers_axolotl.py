"""readers_axolotl.py DATASET MODEL OUT: axolotl's own reading of every row, then
two steps of `axolotl train` on the CPU."""

import glob
import json
import os
import subprocess
import sys

from readers_rows import CONTENT, END, Masks, check, check_losses, ids_of, rows

STEPS = 2


def conversations(dataset, split):
    return [{
        "path": dataset, "split": split, "type": "chat_template", "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
        "roles_to_train": ["assistant"], "train_on_eos": "turn",
    }]


def main(dataset, model, out):
    # Not at the top: the processes that axolotl starts import this file, and
    # would each load all of it once more.
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets
    from transformers import AutoTokenizer

    config = os.path.join(out, "axolotl.yaml")
    with open(config, "w", encoding="utf-8") as f:  # JSON is YAML
        json.dump({
            "base_model": model, "chat_template": "tokenizer_default", "sequence_len": 32768,
            "datasets": conversations(dataset, "train"), "test_datasets": conversations(dataset, "validation"),
            "dataset_prepared_path": os.path.join(out, "prepared"), "dataset_num_proc": 1,
            "output_dir": os.path.join(out, "out"), "micro_batch_size": 1, "gradient_accumulation_steps": 1,
            "optimizer": "adamw_torch", "learning_rate": 1e-5, "lr_scheduler": "cosine", "bf16": False,
            "max_steps": STEPS, "logging_steps": 1, "eval_strategy": "no", "save_steps": STEPS,
        }, f)

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

    program = os.path.join(os.path.dirname(sys.executable), "axolotl")
    subprocess.run([program, "train", config, "--launcher", "python"], check=True)
    (state,) = glob.glob(os.path.join(out, "out", f"checkpoint-{STEPS}", "trainer_state.json"))
    with open(state, encoding="utf-8") as f:
        losses = [entry["loss"] for entry in json.load(f)["log_history"] if "loss" in entry]
    check_losses(losses, STEPS)


if __name__ == "__main__":
    main(*sys.argv[1:])
