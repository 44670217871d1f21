import unicodedata

WIDE = ("W", "F")


def display_width(text):
    """Measure how many terminal cells a text takes.

    Wide East Asian characters take two cells, combining marks none.
    """
    cells = 0
    for char in text:
        if unicodedata.combining(char):
            continue
        cells += 2 if unicodedata.east_asian_width(char) in WIDE else 1
    return cells


def split_words(text):
    """Cut a text at white space, keeping no-break spaces inside words."""
    return [word for word in text.split(" ") if word]


def break_word(word, width):
    """Cut one over-long word into pieces that fit the width."""
    pieces = []
    piece = ""
    for char in word:
        if display_width(piece + char) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    pieces.append(piece)
    return pieces


def bullet_width(line):
    """Find how far a list marker reaches, so that lines can hang under it."""
    stripped = line.lstrip()
    indent = len(line) - len(stripped)
    for marker in ("- ", "* ", "+ "):
        if stripped.startswith(marker):
            return indent + len(marker)
    return indent
