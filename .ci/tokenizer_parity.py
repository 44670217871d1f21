"""tokenizer_parity.py WORK builtin
tokenizer_parity.py WORK families MEGABYTES [SECONDS]

Compares the ids of package tokenize with those of Hugging Face's tokenizers,
text by text. WORK holds the program bench, trajectories.jsonl,
qwen2.5/tokenizer.json and, under real/, the files of other families as their
packages have them. No family is begun after SECONDS (60)."""
import base64, json, os, random, subprocess, sys, time
from array import array
from tokenizers import Tokenizer

work = sys.argv[1]


def characters(*spans):
    return [chr(c) for a, b in spans for c in range(a, b) if not 0xD800 <= c < 0xE000]


# What split expressions and normalisers trip over, a seam of a text each.
SEAMS = (
    list("aZsStTéß中가 \t\n\r\v\f'’.,;:!?_-=+*/\\<>|`\"#$%&()[]{}~^@0159²½Ⅷ٣߁၃〇㊀𝟙")
    + ["\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u3000", "\ufeff", "\u200b", "\u200d", "\xad", "\x00", "\x1f", "\x7f"]
    + ["İ", "ı", "ſ", "K", "Å", "ǅ", "ʰ", "ª", "ﬁ", "ẞ", "Σ", "ς", "\U00010400", "\U00010428", "\U000105c9", "\U0001e900"]
    + ["\u0300", "\u0301", "\u0307", "\u0315", "\u0316", "\u0327", "\u0338", "\u0340", "\u0341", "\u0343", "\u0344", "\u0345", "\u034f", "\u0f73", "\u0f71\u0f72", "\u302a", "\u3099", "\U0001d165", "\u1cd0"]
    + ["\u1100", "\u1161", "\u11a7", "\u11a8", "\u11c3", "\uac00", "\uac01", "\ua960", "\ud7b0", "\u3131", "か", "ガ", "が", "\u0958", "\u09c7\u09be", "\u212b", "\u2adc", "\ufb1d", "\uf900"]
    + ["\ue000", "\uf8ff", "\U000f0000", "\u0378", "\u0530", "\U0001fffe", "\uffff", "\U000e0001", "\U000e0100", "😀", "👩‍💻", "🏴\U000e0067\U000e007f", "🇩🇪", "1️⃣"]
    + ["'s", "'S", "'ſ", "'re", "'VE", "'ll", "'lL", "'m", "'D", "’s", "n't", "\r\n", "\n\n", " \n", "\n ", "  ", "//", "/\n", "<|", "|>", "<think>", "<｜", "｜>", "http://", "foo_bar", "camelCase", "HTTPServer"]
)


def pools(tokens, added):
    """Pools of parts, the most parts of a text, and how often a part repeats."""
    once = (1,)
    runs = (1, 1, 1, 1, 2, 3, 4, 33, 70)
    everything = characters((0, 0x30000), (0xE0000, 0xE0200))
    cjk = characters((0x4E00, 0x9FFF), (0x3041, 0x30FF), (0xAC00, 0xD7A4)) + list("，。！？：；「」（）　 \n") * 400
    marks = characters((0x20, 0x24F), (0x300, 0x370), (0x1100, 0x1200), (0x1E00, 0x2100)) + [" ", "\n", "'s", "e"] * 50
    cased = characters((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0x370, 0x530), (0x10A0, 0x1100), (0x13A0, 0x1400), (0x1C80, 0x1CC0), (0x1E00, 0x2000), (0xA640, 0xA800), (0x10400, 0x10600)) + ["'s", "'LL", " ", "\u0301"] * 30
    numbers = [c for c in everything if c.isnumeric()] + list("aZ .,'\n") * 40
    return (
        (cjk, 2000, once), (marks, 300, once), (everything, 300, once), (tokens, 500, once), (tokens[:4000] + added, 500, once),
        (cased, 60, once), (numbers, 60, once), (SEAMS, 40, runs), (None, 30, runs), (None, 12, once),
    )


def made_up(tokens, added, size):
    """Text no file on this machine holds: so many bytes, the same on every run."""
    rng = random.Random(5)
    all_pools = pools(tokens, added)
    for parts, longest, repeats in all_pools:
        left = size / len(all_pools)
        while left > 0:
            # Without parts of its own a text takes a few of the seams, so that
            # these few meet in every order.
            few = parts or rng.sample(SEAMS, rng.randrange(2, 6))
            text = "".join(c * rng.choice(repeats) for c in rng.choices(few, k=rng.randrange(1, longest)))
            left -= len(text.encode("utf8", "replace"))
            yield text


def write(path, texts):
    with open(path, "w", encoding="utf8") as out:
        for text in texts:
            out.write(json.dumps(text) + "\n")


def read(path):
    return [json.loads(line) for line in open(path, encoding="utf8")]


def ids_of_trainyard(tokenizer, path, *flags):
    subprocess.run([work + "/bench", "ids", tokenizer, path, work + "/ids", *flags], check=True)
    numbers = array("i")
    with open(work + "/ids", "rb") as f:
        numbers.frombytes(f.read())
    at = 0
    while at < len(numbers):
        yield numbers[at + 1 : at + 1 + numbers[at]]
        at += 1 + numbers[at]


def compare(what, name, path, tokenizer, *flags):
    start = time.time()
    texts = read(path)
    ours, ids, wrong = ids_of_trainyard(name, path, *flags), 0, 0
    for i in range(0, len(texts), 512):
        for text, encoding in zip(texts[i : i + 512], tokenizer.encode_batch_fast(texts[i : i + 512], add_special_tokens=False)):
            got, want = next(ours), array("i", encoding.ids)
            ids += len(want)
            if got != want:
                wrong += 1
                if wrong <= 5:
                    at = next((k for k, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
                    print(f"  differs at id {at} of {text[:200]!r}: {got[at:at+8].tolist()}, tokenizers {want[at:at+8].tolist()}")
    size = sum(len(t.encode("utf8")) for t in texts)
    print(f"{what}, {' '.join(flags) or 'not added'}: {len(texts):,} texts, {size:,} bytes, {ids:,} ids, {wrong} differ ({time.time()-start:.0f} s)", flush=True)
    return wrong


def library(path):
    """The library's tokenizers without and with added tokens, and those."""
    file = json.load(open(path, encoding="utf8"))
    with_added = Tokenizer.from_str(json.dumps(file))
    added = [a["content"] for a in file["added_tokens"]]
    file["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(file)), with_added, added


def builtin():
    path = work + "/qwen2.5/tokenizer.json"
    without, with_added, added = library(path)
    tokens = [without.decode([i]) for i in range(without.get_vocab_size())]
    write(work + "/made-up.jsonl", made_up(tokens, added, 15_000_000))
    wrong = 0
    for name in ("made-up", "trajectories"):
        texts = f"{work}/{name}.jsonl"
        wrong += compare(f"qwen2.5, {name}", path, texts, without) + compare(f"qwen2.5, {name}", path, texts, with_added, "added")
    return wrong


def ranks(path, out):
    """A tokenizer.json's vocabulary as a rank file."""
    shown = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    back = {chr(b): b for b in shown} | {chr(256 + i): b for i, b in enumerate(b for b in range(256) if b not in shown)}
    vocab = json.load(open(path, encoding="utf8"))["model"]["vocab"]
    with open(out, "w") as f:
        for token, rank in vocab.items():
            f.write(f"{base64.b64encode(bytes(back[c] for c in token)).decode()} {rank}\n")


def family(name, size):
    """A third of the text is made up, some of it of the family's own tokens."""
    path = f"{work}/real/{name}/tokenizer.json"
    try:
        without, with_added, added = library(path)
    except Exception as e:
        print(f"SKIPPED {name}: the library does not load it: {e}", flush=True)
        return 0
    tokens = [without.decode([i]) for i in range(without.get_vocab_size())]
    lines = read(work + "/trajectories.jsonl")
    random.Random(7).shuffle(lines)
    texts = list(made_up(tokens, added, size / 3))
    left = size * 2 / 3
    while left > 0 and lines:
        left -= len(lines[-1].encode("utf8"))
        texts.append(lines.pop())
    mixed = work + "/family.jsonl"
    write(mixed, texts)
    wrong = compare(name, path, mixed, without) + compare(name, path, mixed, with_added, "added")
    if name == "gptoss":
        out = work + "/o200k_base.tiktoken"
        ranks(path, out)
        wrong += compare("gptoss as a rank file", out + ":o200k", mixed, without)
    return wrong


def families(megabytes, seconds):
    start, wrong = time.time(), 0
    for name in ("llama3", "deepseek_v3", "gptoss", "qwen3", "deepseek_v4", "gpt4o"):
        if not os.path.exists(f"{work}/real/{name}/tokenizer.json"):
            continue  # told where it was not fetched
        if time.time() - start > seconds:
            print(f"SKIPPED {name}: {seconds:.0f} s have passed", flush=True)
            continue
        wrong += family(name, megabytes * 1e6)
    return wrong


if sys.argv[2] == "builtin":
    sys.exit(builtin() > 0)
sys.exit(families(float(sys.argv[3]), float((sys.argv[4:] or [60])[0])) > 0)
