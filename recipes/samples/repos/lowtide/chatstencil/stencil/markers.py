OPEN = "<|im_start|>"
CLOSE = "<|im_end|>"
SPEAKERS = ("system", "user", "assistant")


def open_turn(speaker):
    """Write the marker and the name that a turn begins with."""
    if speaker not in SPEAKERS:
        raise ValueError("unknown speaker: %r" % speaker)
    return OPEN + speaker + "\n"


def close_turn():
    """Write what a turn ends with, its line break included."""
    return CLOSE + "\n"


def quote_markers(text):
    """Put a space into every marker that stands inside ordinary text."""
    for marker in (OPEN, CLOSE):
        text = text.replace(marker, "<| " + marker[2:])
    return text
