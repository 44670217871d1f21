"""What the trainers' one step on a few rows of each layout has in common: where
the rows lie, and how many of their tokens are trained by our count."""

import json
import os
import subprocess

from readers_rows import check, manifest, rows, say

LAYOUTS = ("messages", "tokens", "packed")  # the last where this program writes it


def layouts(small):
    """The layouts that the directory holds a dataset of, with its path."""
    found = [(name, os.path.join(small, name)) for name in LAYOUTS if os.path.isdir(os.path.join(small, name))]
    check(len(found) > 1, f"{small} has datasets of {[name for name, _ in found]} alone")
    return found


def of_messages(dataset, split, convention):
    """The trained tokens of rows of messages as a trainer masks them."""
    lines = "".join(json.dumps({"messages": row["messages"]}) + "\n" for row in rows(dataset, split))
    program = [os.environ["TRAINYARD"], "tokens", "count", "--jsonl", "--template", manifest(dataset)["template"], "--as", convention, "-"]
    out = subprocess.run(program, input=lines, text=True, stdout=subprocess.PIPE, check=True).stdout
    return sum(json.loads(line)["trained_tokens"] for line in out.splitlines())


def ours(dataset, layout, convention):
    if layout == "messages":
        return of_messages(dataset, "train", convention)
    said = sum(shard["trained_tokens"] for shard in manifest(dataset)["shards"] if shard["split"] == "train")
    labelled = sum(label != -100 for row in rows(dataset, "train") for label in row["labels"])
    check(labelled == said, f"{dataset}: {labelled} labels, the manifest says {said} trained tokens")
    return said


def compare(trainer, layout, counted, want):
    check(counted == want, f"{layout}: {trainer} trains {counted} tokens, we count {want}")
    say(f"one step on {layout}: {trainer} trains {counted} tokens, as we count")


class Counted:
    """Notes by how many tokens transformers' Trainer divides the loss of each step:
    those that it trains."""

    def __enter__(self):
        import transformers

        self.steps, self.trainer, self.own = [], transformers.Trainer, transformers.Trainer.training_step

        def training_step(trainer, model, inputs, num_items_in_batch=None):
            check(num_items_in_batch is not None, "the trainer does not count the tokens of a step")
            self.steps.append(int(num_items_in_batch))
            return self.own(trainer, model, inputs, num_items_in_batch)

        self.trainer.training_step = training_step
        return self

    def __exit__(self, *_):
        self.trainer.training_step = self.own

    def one(self):
        """The count of one step, which each of its rows is told."""
        check(len(set(self.steps)) == 1, f"the rows of one step are divided by {self.steps}")
        return self.steps[0]
