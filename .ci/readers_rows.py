"""What the readers have in common: the rows of a dataset, the token ids that
the model's own template gives them, and which tokens of a turn are trained."""

import json
import math
import os
import sys
from collections import Counter

import pyarrow.parquet as pq

IM_START, IM_END, ASSISTANT, NEWLINE = 151644, 151645, 77091, 198

# The parts of one assistant turn, in the order they are rendered.
HEADER, HEADER_NEWLINE, CONTENT, END, NEWLINE_AFTER = (
    "<|im_start|>assistant", "newline", "content", "<|im_end|>", "newline after")


def say(what):
    """A finding: the lines that are shown when all that a trainer prints is not."""
    print(f"readers: {what}", flush=True)


def check(true, why):
    if not true:
        say(why)
        sys.exit(1)


def manifest(dataset):
    with open(os.path.join(dataset, "manifest.json"), encoding="utf-8") as f:
        return json.load(f)


def shards(dataset, split):
    """The paths of a split's shards, in order."""
    return [os.path.join(dataset, s["file"]) for s in manifest(dataset)["shards"] if s["split"] == split]


def rows(dataset, split):
    for path in shards(dataset, split):
        yield from pq.read_table(path).to_pylist()


def ids_of(tokenizer, messages):
    """Token ids of a whole conversation, rendered and tokenized at once."""
    return tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True)["input_ids"]


def turns(ids):
    """The assistant turns as (start, content, end): the index of <|im_start|>,
    of the first token of the content, and of the turn's <|im_end|>."""
    at = 0
    while at < len(ids):
        if ids[at:at + 3] != [IM_START, ASSISTANT, NEWLINE]:
            at += 1
            continue
        end = ids.index(IM_END, at)
        yield at, at + 3, end
        at = end + 1


def check_losses(losses, steps):
    check(len(losses) == steps and all(map(math.isfinite, losses)), f"{steps} steps, losses {losses}")
    say(f"{steps} {'step' if steps == 1 else 'steps'}, losses {', '.join(f'{loss:.4f}' for loss in losses)}")


def reference_trained(ids):
    """Tokens of assistant content plus <|im_end|>: what n_trained_tokens counts."""
    return sum(end + 1 - content for _, content, end in turns(ids))


def trained_parts(ids, trained):
    """For every assistant turn, the parts that a trainer's mask trains."""
    left = sum(map(bool, trained))
    for start, content, end in turns(ids):
        parts = {
            HEADER: trained[start:start + 2],
            HEADER_NEWLINE: trained[start + 2:content],
            CONTENT: trained[content:end],
            END: trained[end:end + 1],
            NEWLINE_AFTER: trained[end + 1:end + 2],
        }
        left -= sum(sum(map(bool, mask)) for mask in parts.values())
        for name, mask in parts.items():
            check(all(mask) or not any(mask), f"the {name} of the turn at token {start} is trained in part")
        yield tuple(name for name, mask in parts.items() if any(mask))
    check(left == 0, f"{left} trained tokens are outside the assistant turns")


class Masks:
    """Compares the ids and masks of a trainer with the rows they came from."""

    def __init__(self, tokenizer, expected):
        self.tokenizer, self.expected = tokenizer, expected
        self.rows = self.tokens = self.trained = self.counted = 0
        self.seen = Counter()

    def add(self, row, ids, trained):
        ids, trained = list(map(int, ids)), list(map(bool, trained))
        where = row["traj_id"]
        check(ids == ids_of(self.tokenizer, row["messages"]), f"{where}: the trainer's ids differ from the template's")
        check(len(ids) == row["n_tokens"], f"{where}: {len(ids)} tokens, n_tokens says {row['n_tokens']}")
        parts = list(trained_parts(ids, trained))
        for i, got in enumerate(parts):
            check(got == self.expected, f"{where}: assistant turn {i + 1} of {len(parts)} trains {got}, expected {self.expected}")
        self.rows += 1
        self.tokens += len(ids)
        self.trained += sum(trained)
        self.counted += row["n_trained_tokens"]
        self.seen.update(parts)

    def report(self):
        check(self.rows > 0, "no rows")
        for parts, count in self.seen.most_common():
            say(f"{count} assistant turns train: {' + '.join(parts)}")
        say(f"{self.rows} rows, {self.tokens} tokens, {self.trained} trained, n_trained_tokens counts {self.counted}")
