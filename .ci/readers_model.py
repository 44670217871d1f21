"""readers_model.py FIXTURES OUT [HIDDEN]: a tiny, randomly initialised Qwen2 with
the real tokenizer and chat template, for trainers to fine-tune on a CPU. HIDDEN is
its width, 64 without it; checkpoints are some 2 MB for each."""

import os
import shutil
import sys

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

fixtures, out, hidden = *sys.argv[1:3], int((sys.argv[3:] or [64])[0])
torch.manual_seed(0)
config = Qwen2Config(
    vocab_size=152064, hidden_size=hidden, intermediate_size=2 * hidden, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=32768,
    tie_word_embeddings=True, bos_token_id=151643, eos_token_id=151645, pad_token_id=151643,
)
Qwen2ForCausalLM(config).save_pretrained(out)
for name in ("vocab.json", "merges.txt", "tokenizer_config.json"):
    shutil.copyfile(os.path.join(fixtures, name), os.path.join(out, name))
