"""The command `lessonlib`, also as `python -m lessonlib`."""

import os
import sys


def main() -> int:
    """Run the command line; a module in the current folder is never taken for one of Python's."""
    here, home = os.path.realpath(os.getcwd()), os.path.dirname(os.path.dirname(__file__))
    foreign = [p for p in sys.path if not os.path.isabs(p) or os.path.realpath(p) == here]
    if foreign:  # only what has been loaded at every start of Python is used up to here
        sys.path[:] = [p for p in sys.path if p not in foreign]
        if home not in sys.path:
            sys.path.append(home)
    from lessonlib.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
