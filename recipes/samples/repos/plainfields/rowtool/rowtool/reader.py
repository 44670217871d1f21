DELIMITERS = [",", ";", "\t", "|"]


def sniff_delimiter(sample):
    """Guess the delimiter from the one that splits every line alike."""
    lines = [line for line in sample.splitlines() if line]
    for delimiter in DELIMITERS:
        counts = {line.count(delimiter) for line in lines}
        if len(counts) == 1 and counts != {0}:
            return delimiter
    return ","


def split_row(line, delimiter):
    """Split one line at the delimiter, honouring double quotes."""
    cells, cell, quoted = [], "", False
    for char in line:
        if char == '"':
            quoted = not quoted
        elif char == delimiter and not quoted:
            cells.append(cell)
            cell = ""
        else:
            cell += char
    cells.append(cell)
    return cells


def coerce(cell):
    """Turn a cell into an int or a float where it looks like one."""
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def read_rows(text):
    """Read delimited text into one dictionary per row, keyed by the header."""
    delimiter = sniff_delimiter(text)
    lines = text.splitlines()
    header = split_row(lines[0], delimiter)
    rows = []
    for line in lines[1:]:
        cells = [coerce(cell) for cell in split_row(line, delimiter)]
        rows.append(dict(zip(header, cells)))
    return rows
