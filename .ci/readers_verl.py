"""readers_verl.py DATASET MODEL: verl's multi-turn dataset reads every row."""

import sys

from omegaconf import OmegaConf
from transformers import AutoTokenizer
from verl.utils.dataset.multiturn_sft_dataset import MultiTurnSFTDataset

from readers_rows import CONTENT, END, NEWLINE_AFTER, Masks, rows, shards

dataset, model = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(model)
config = OmegaConf.create({"max_length": 32768, "truncation": "error", "pad_mode": "no_padding"})
masks = Masks(tokenizer, expected=(CONTENT, END, NEWLINE_AFTER))
for split in ("train", "validation"):
    read = MultiTurnSFTDataset(shards(dataset, split), tokenizer, config)
    for row, item in zip(rows(dataset, split), map(read.__getitem__, range(len(read))), strict=True):
        masks.add(row, item["input_ids"], item["loss_mask"])
masks.report()
