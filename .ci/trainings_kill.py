"""Whom a walk kills: the program that trainyard started, or the rank below it."""

import json
import os
import signal


def started(attempt):
    with open(os.path.join(attempt, "trainer.json"), encoding="utf-8") as f:
        return json.load(f)["pid"]


def below(pid):
    children = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="utf-8") as f:
            children += [int(word) for word in f.read().split()]
    return children


def kill_trainer(attempt):
    pid = started(attempt)
    os.kill(pid, signal.SIGKILL)
    return "the trainer"


def kill_rank(attempt):
    """torchrun is told by the death of its child."""
    (rank,) = [pid for pid in below(started(attempt)) if b"trl.scripts.sft" in open(f"/proc/{pid}/cmdline", "rb").read()]
    os.kill(rank, signal.SIGKILL)
    return "its rank"
