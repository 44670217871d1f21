from .lines import LEVELS


def count_levels(entries):
    """Count the entries of every level, zeroes included."""
    counts = {level: 0 for level in LEVELS}
    for entry in entries:
        counts[entry["level"]] += 1
    return counts


def hour_of(entry):
    """Read the hour out of an entry's clock time."""
    return int(entry["time"].split(":")[0])


def busiest_hour(entries):
    """Find the hour with most entries; the earlier one wins a draw."""
    counts = {}
    for entry in entries:
        hour = hour_of(entry)
        counts[hour] = counts.get(hour, 0) + 1
    return max(counts, key=lambda hour: (counts[hour], hour))


def quantile(values, share):
    """Return the value below which the given share of values lies."""
    ordered = sorted(values)
    return ordered[int(len(ordered) * share)]


def error_share(entries):
    """Say which share of entries are errors."""
    counts = count_levels(entries)
    return counts["error"] / sum(counts.values())
