"""readers_swift.py SMALL MODEL OUT: which tokens ms-swift trains of what is exported
for it."""

import os
import subprocess
import sys

from swift.dataset import load_dataset
from swift.model import get_processor
from swift.template import get_template

from readers_rows import check, rows, say
from readers_steps import of_messages

small, model, out = sys.argv[1:]


def labels(dataset):
    lines = os.path.join(out, os.path.basename(dataset) + "-swift")
    subprocess.run([os.environ["TRAINYARD"], "export", dataset, "--for", "swift", "--out", lines], check=True, stdout=subprocess.DEVNULL)
    template = get_template(get_processor(model, model_type="qwen2"), template_type="qwen2_5")
    template.set_mode("train")
    read, _ = load_dataset(os.path.join(lines, "train.jsonl"), num_proc=1, shuffle=False)
    return [template.encode(row) for row in read]


messages = os.path.join(small, "messages")
trained = sum(label != -100 for row in labels(messages) for label in row["labels"])
want = of_messages(messages, "train", "swift")
check(trained == want, f"ms-swift trains {trained} tokens of the export, we count {want}")
say(f"ms-swift trains {trained} tokens of the export, as we count")
marked = os.path.join(small, "marked")
for row, read in zip(rows(marked, "train"), labels(marked), strict=True):
    check(row["input_ids"] == read["input_ids"], f"ms-swift makes other ids of row {row['traj_id']}")
    # It trains the newline after a trained turn too.
    extra = [i for i, (a, b) in enumerate(zip(row["labels"], read["labels"])) if a != b]
    check(all(read["labels"][i] == 198 and row["labels"][i - 1] == 151645 for i in extra),
          f"{row['traj_id']}: ms-swift's labels are {read['labels']}, the row's {row['labels']}")
say("of rows with turns outside the loss it trains the same turns")
