"""readers_trl.py DATASET SMALL MODEL OUT: how TRL masks every row of DATASET, and
one step of its SFTTrainer on the CPU on the rows of each layout in SMALL."""

import sys

from datasets import load_dataset
from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer

from readers_rows import CONTENT, END, HEADER_NEWLINE, NEWLINE_AFTER, Masks, check_losses, shards
from readers_rows import rows as rows_of
from readers_steps import Counted, compare, layouts, ours

dataset, small, model, out = sys.argv[1:]


def trainer_of(directory, layout, splits):
    read = load_dataset("parquet", data_files={s: shards(directory, s) for s in splits})
    return SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=f"{out}/{layout}", max_length=32768, assistant_only_loss=layout == "messages", max_steps=1,
            per_device_train_batch_size=1, gradient_accumulation_steps=read["train"].num_rows, logging_steps=1,
            save_strategy="no", report_to="none", use_cpu=True, bf16=False,
        ),
        train_dataset=read["train"],
        eval_dataset=read.get("validation"),
    )


trainer = trainer_of(dataset, "messages", ("train", "validation"))
masks = Masks(AutoTokenizer.from_pretrained(model), expected=(HEADER_NEWLINE, CONTENT, END, NEWLINE_AFTER))
for split, read in (("train", trainer.train_dataset), ("validation", trainer.eval_dataset)):
    for row, item in zip(rows_of(dataset, split), read, strict=True):
        batch = trainer.data_collator([item])
        masks.add(row, batch["input_ids"][0], batch["labels"][0] != -100)
masks.report()
for layout, directory in layouts(small):
    trainer = trainer_of(directory, layout, ("train",))
    with Counted() as counted:
        trainer.train()
    compare("TRL", layout, counted.one(), ours(directory, layout, "trl"))
    check_losses([entry["loss"] for entry in trainer.state.log_history if "loss" in entry], 1)
