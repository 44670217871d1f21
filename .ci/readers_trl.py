"""readers_trl.py DATASET MODEL OUT: two steps of TRL's SFTTrainer on the CPU."""

import sys

from datasets import load_dataset
from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer

from readers_rows import CONTENT, END, HEADER_NEWLINE, NEWLINE_AFTER, Masks, check_losses, rows, shards

dataset, model, out = sys.argv[1:]
steps = 2
splits = load_dataset("parquet", data_files={s: shards(dataset, s) for s in ("train", "validation")})
trainer = SFTTrainer(
    model=model,
    args=SFTConfig(
        output_dir=out, max_length=32768, assistant_only_loss=True, max_steps=steps,
        per_device_train_batch_size=1, logging_steps=1, save_strategy="no", report_to="none", use_cpu=True, bf16=False,
    ),
    train_dataset=splits["train"],
    eval_dataset=splits["validation"],
)
masks = Masks(AutoTokenizer.from_pretrained(model), expected=(HEADER_NEWLINE, CONTENT, END, NEWLINE_AFTER))
for split, read in (("train", trainer.train_dataset), ("validation", trainer.eval_dataset)):
    for row, item in zip(rows(dataset, split), read, strict=True):
        batch = trainer.data_collator([item])
        masks.add(row, batch["input_ids"][0], batch["labels"][0] != -100)
masks.report()
trainer.train()
losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
check_losses(losses, steps)
