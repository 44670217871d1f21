from .fields import LIMITS, parse_field


class Entry:
    def __init__(self, fields, command):
        self.fields = fields
        self.command = command


def strip_comment(line):
    """Cut a trailing comment off a line, leaving quoted hashes alone."""
    return line.split("#")[0].strip()


def parse_entry(line):
    """Read five fields and a command from one line of the table."""
    parts = line.split(None, len(LIMITS))
    if len(parts) <= len(LIMITS):
        raise ValueError("a line needs five fields and a command")
    fields = {}
    for name, text in zip(LIMITS, parts):
        fields[name] = parse_field(text, name)
    return Entry(fields, parts[-1])


def read_table(text):
    """Read every entry of a table, naming the line number of a bad one."""
    entries = []
    for number, line in enumerate(text.splitlines()):
        line = strip_comment(line)
        if not line:
            continue
        try:
            entries.append(parse_entry(line))
        except ValueError as error:
            raise ValueError("line %d: %s" % (number, error))
    return entries
