LIMITS = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day": (1, 31),
    "month": (1, 12),
    "weekday": (0, 6),
}


def expand_range(text, low, high):
    """Turn "3-7", "*" or "4" into the list of numbers it stands for."""
    if text == "*":
        return list(range(low, high))
    first, dash, last = text.partition("-")
    if not dash:
        return [int(first)]
    return list(range(int(first), int(last) + 1))


def apply_step(numbers, step):
    """Keep every step-th number of a range, starting with its first."""
    if step < 1:
        raise ValueError("step must be at least 1")
    return numbers[::step]


def parse_field(text, name):
    """Read one comma separated field into a set of numbers within its limits."""
    low, high = LIMITS[name]
    numbers = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        expanded = expand_range(span, low, high)
        if slash:
            expanded = apply_step(expanded, int(step))
        numbers.update(expanded)
    check_limits(numbers, name)
    return numbers


def check_limits(numbers, name):
    """Raise ValueError when a number lies outside the limits of its field."""
    low, high = LIMITS[name]
    for number in sorted(numbers):
        if number < low or number > high:
            raise ValueError("%s out of range: %d" % (name, number))
