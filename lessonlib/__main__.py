"""`python -m lessonlib` is the command line `lessonlib`."""

import sys

from lessonlib.cli import main

if __name__ == "__main__":
    sys.exit(main())
