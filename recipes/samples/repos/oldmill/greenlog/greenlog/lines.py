import re

COLOUR = re.compile("\x1b\\[[0-9;]*m")
LEVELS = ["debug", "info", "warn", "error"]


def strip_colour(text):
    """Remove the colour codes that a terminal log carries."""
    return COLOUR.sub("", text)


def parse_level(word):
    """Map a level in any case, or its first letter, to its full name."""
    word = word.strip("[]").lower()
    for level in LEVELS:
        if level == word or level[0] == word:
            return level
    raise ValueError("unknown level: %r" % word)


def parse_log_line(line):
    """Split a line into time, level, unit and message."""
    time, level, unit, message = strip_colour(line).split(" ", 3)
    return {
        "time": time,
        "level": parse_level(level),
        "unit": unit.rstrip(":"),
        "message": message,
    }


def parse_log(text):
    """Read a whole log, leaving out blank lines."""
    return [parse_log_line(line) for line in text.split("\n") if line]
