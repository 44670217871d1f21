from .words import break_word, bullet_width, display_width, split_words


def fill_lines(words, width):
    """Put words on lines greedily, none wider than the width."""
    lines = []
    line = ""
    for word in words:
        candidate = word if not line else line + " " + word
        if display_width(candidate) < width:
            line = candidate
            continue
        if line:
            lines.append(line)
        line = word
    if line:
        lines.append(line)
    return lines


def fold_paragraph(text, width):
    """Fold one paragraph and hang its later lines under the list marker."""
    hang = bullet_width(text)
    words = []
    for word in split_words(text.strip()):
        words.extend(break_word(word, width - hang))
    lines = fill_lines(words, width - hang)
    return [lines[0]] + [" " * hang + line for line in lines[1:]]


def stretch_line(line, width):
    """Spread spaces between words until a line fills the width."""
    words = split_words(line)
    if len(words) < 2:
        return line
    missing = width - display_width(line)
    gaps = len(words) - 1
    out = words[0]
    for index, word in enumerate(words[1:]):
        extra = missing // gaps + (1 if index < missing % gaps else 0)
        out += " " * (1 + extra) + word
    return out


def fold_text(text, width=72, justify=False):
    """Fold every paragraph of a text; the last line of each stays ragged."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        lines = fold_paragraph(" ".join(paragraph.split("\n")), width)
        if justify:
            lines = [stretch_line(line, width) for line in lines]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)
