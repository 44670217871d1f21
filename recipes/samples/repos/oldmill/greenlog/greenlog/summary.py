from .lines import parse_log
from .stats import busiest_hour, count_levels, error_share


def level_bar(count, most, width=20):
    """Draw a bar whose length says how a count compares to the greatest."""
    return "#" * round(width * count / most)


def summarise(text):
    """Describe a log in a few lines: levels, busiest hour, share of errors."""
    entries = parse_log(text)
    counts = count_levels(entries)
    most = max(counts.values())
    lines = ["%-6s %5d %s" % (name, n, level_bar(n, most)) for name, n in counts.items()]
    lines.append("busiest hour %02d" % busiest_hour(entries))
    lines.append("errors %.1f %%" % (100 * error_share(entries)))
    return "\n".join(lines)
