"""readers_packed.py DATASET MODEL OUT: packed rows as pyarrow and Hugging Face
datasets read them, TRL's own batches of them, and two steps of its SFTTrainer. What
the model says of each learned token of a packed row is what it says of the sequences
apart: no token sees another sequence."""

import sys

import torch
import torch.nn.functional as F
from datasets import load_dataset
from transformers import AutoModelForCausalLM
from trl import SFTConfig, SFTTrainer

from readers_rows import check, check_losses, manifest, rows, say, shards

IM_START, IGNORED = 151644, -100
dataset, model, out = sys.argv[1:]
steps = 2


def sequences(row):
    """The sequences of a row as (ids, labels)."""
    at = 0
    for n in row["seq_lengths"]:
        yield row["input_ids"][at:at + n], row["labels"][at:at + n]
        at += n
    check(at == len(row["input_ids"]) == len(row["labels"]), f"seq_lengths sum to {at}")


def check_row(row, window):
    where = ", ".join(row["traj_ids"])
    check(len(row["input_ids"]) <= window, f"{where}: {len(row['input_ids'])} tokens")
    check(row["position_ids"] == [i for n in row["seq_lengths"] for i in range(n)], f"{where}: position_ids do not begin anew with each sequence")
    check(set(row["attention_mask"]) == {1} and len(row["attention_mask"]) == len(row["input_ids"]), f"{where}: attention_mask is not all ones")
    check(len(row["traj_ids"]) == len(row["tasks"]) == len(row["seq_lengths"]), f"{where}: not as many ids as sequences")
    for ids, labels in sequences(row):
        check(ids[0] == IM_START and labels[0] == IGNORED, f"{where}: a sequence begins with {ids[0]}, label {labels[0]}")
        check(any(label != IGNORED for label in labels), f"{where}: a sequence trains nothing")
        check(all(label in (IGNORED, i) for i, label in zip(ids, labels)), f"{where}: a label is another token")


def read_by(net, ids, labels, **how):
    """The log-probability of every learned token. A cache would keep transformers
    from finding the sequences in position_ids."""
    want = torch.tensor(labels[1:])
    at = (want != IGNORED).nonzero()[:, 0]
    scores = net(input_ids=torch.tensor([ids]), use_cache=False, logits_to_keep=at, **how).logits[0]
    return F.log_softmax(scores, -1).gather(1, want[at][:, None])[:, 0]


splits = load_dataset("parquet", data_files={s: shards(dataset, s) for s in ("train", "validation")})
told = manifest(dataset)
trained = 0
for split in ("train", "validation"):
    from_shards = list(rows(dataset, split))
    check(list(splits[split]) == from_shards, f"{split}: datasets and pyarrow read different rows")
    for row in from_shards:
        check_row(row, told["window"])
        trained += sum(label != IGNORED for label in row["labels"])
    side = told["totals"][split]
    got = (len(from_shards), sum(len(r["seq_lengths"]) for r in from_shards), sum(len(r["input_ids"]) for r in from_shards))
    check(got == (side["rows"], side["sequences"], side["tokens"]), f"{split}: {got} rows, sequences and tokens; the manifest says {side}")
    say(f"{split}: {got[0]} rows of {got[1]} sequences, {100 * side['utilisation']:.1f} % of the windows")

trainer = SFTTrainer(
    model=model,
    args=SFTConfig(
        output_dir=out, max_length=None, padding_free=True, max_steps=steps, per_device_train_batch_size=1,
        logging_steps=1, save_strategy="no", report_to="none", use_cpu=True, bf16=False,
    ),
    train_dataset=splits["train"], eval_dataset=splits["validation"],
)
seen = 0
for split, read in (("train", trainer.train_dataset), ("validation", trainer.eval_dataset)):
    for row, item in zip(rows(dataset, split), read, strict=True):
        batch = trainer.data_collator([item])
        check(batch["input_ids"][0].tolist() == row["input_ids"], "TRL's ids are another row's")
        check(batch["position_ids"][0].tolist() == row["position_ids"], "TRL's position_ids differ")
        check(batch["labels"][0].tolist() == row["labels"], "TRL's labels differ")
        seen += int((batch["labels"] != IGNORED).sum())
check(seen == trained, f"TRL trains {seen} tokens, the rows {trained}")
say(f"TRL trains {seen} tokens, as the labels and the manifest say")
check(trained == sum(told["totals"][s]["trained_tokens"] for s in ("train", "validation")), "the manifest counts other trained tokens")

net = AutoModelForCausalLM.from_pretrained(model).double().eval()
row = max(rows(dataset, "train"), key=lambda r: len(r["seq_lengths"]))
with torch.no_grad():
    packed = read_by(net, row["input_ids"], row["labels"], position_ids=torch.tensor([row["position_ids"]]))
    mixed = read_by(net, row["input_ids"], row["labels"])
    apart = torch.cat([read_by(net, ids, labels) for ids, labels in sequences(row)])
check(packed.shape == apart.shape, "packing changes which tokens are learned")
off, without = (packed - apart).abs().max().item(), (mixed - apart).abs().max().item()
check(off < 1e-6 < without / 100, f"learned tokens of a packed row are off by {off}, without position_ids by {without}")
say(f"{len(apart)} learned tokens of {len(row['seq_lengths'])} sequences are as likely packed as apart: off by {off:.1e}, without position_ids by {without:.1e}")
trainer.train()
check_losses([entry["loss"] for entry in trainer.state.log_history if "loss" in entry], steps)
