import argparse
import sys

from .wrap import fold_text


def parse_arguments(argv):
    """Read the width and the justify switch from the command line."""
    parser = argparse.ArgumentParser(prog="foldline")
    parser.add_argument("-w", "--width", type=int, default=72)
    parser.add_argument("-j", "--justify", action="store_true")
    return parser.parse_args(argv)


def main(argv=None):
    """Fold standard input onto standard output."""
    options = parse_arguments(argv)
    text = sys.stdin.read()
    print(fold_text(text, options.width, options.justify))
    return 0
