"""The command line `lessonlib`.

Each subcommand lives in a module with one function, `add_commands(subparsers)`. It adds its parsers
and sets `run`, which takes the parsed arguments and yields the lines to print. An error
that the user can fix is raised as `CommandError` and shown as one line.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from lessonlib import __version__
from lessonlib._errors import CommandError
from lessonlib.homework import safe

_COMMANDS = (
    "lessonlib.learner.study",
    "lessonlib.learner.working_copies",
    "lessonlib.learner.lab",
    "lessonlib.homework.commands",
    "lessonlib.recipes",
)


def build_parser() -> argparse.ArgumentParser:
    """The parser with every subcommand.

    >>> build_parser().parse_args(["reset", "03"]).lesson
    '03'
    """
    parser = argparse.ArgumentParser(prog="lessonlib", description="The Neural Sparks lessons.")
    parser.add_argument("--version", action="version", version=f"lessonlib {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in _COMMANDS:
        import_module(name).add_commands(subparsers)
    return parser


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The parsed arguments; what is after -- is in `words`, where argparse would use it for DIR."""
    given = list(arguments)
    at = given.index("--") if given[:1] == ["lab"] and "--" in given else len(given)
    chosen = build_parser().parse_args(given[:at])
    chosen.words = given[at + 1 :]
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 (done), 1 (refused) or 130 (interrupted); wrong usage exits with 2.

    arguments : the words after `lessonlib`; those of the process when None
    """
    for stream in (sys.stdout, sys.stderr):  # a terminal may know fewer letters than a text has
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        chosen = _parsed(sys.argv[1:] if arguments is None else arguments)
        for line in chosen.run(chosen):
            print(safe.lines(line), flush=True)
    except (CommandError, OSError) as error:
        print(f"lessonlib: {safe.lines(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lessonlib: interrupted", file=sys.stderr)
        return 130
    return 0
