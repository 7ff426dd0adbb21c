"""Build the web site: `make site`.

The book with the lessons, the guides and the library is made by Sphinx from the stored outputs of
the notebooks, nothing is executed. JupyterLite, with the lessons that run without PyTorch, goes
into its folder lite/; the lessons as Colab needs them into colab/. Needs the extra [book], and no
network.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from website import ROOT
from website.colab import build_colab
from website.lite import build_lite
from website.sources import write
from website.without_torch import runs_in_browser

NOTEBOOKS = ROOT / "notebooks"


def build_book(out: Path, work: Path, lessons: list[Path]) -> None:
    """Write the sources and call Sphinx, for which a warning is an error; then Colab's copies."""
    source = work / "book"
    shutil.rmtree(source, ignore_errors=True)
    write(source, runs_in_browser, lessons)
    downloads = source / "extra" / "files"
    downloads.mkdir(parents=True)
    for path in lessons:
        shutil.copy(path, downloads)
    environment = dict(os.environ, NEURAL_SPARKS_ROOT=str(ROOT), MPLBACKEND="Agg")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-d", str(work / "doctrees"), str(source), str(out)]
    subprocess.run(command, check=True, env=environment)
    build_colab(out / "colab", lessons)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what is asked for; return 0 or the exit status of the part that failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--only", choices=("book", "lite"), help="one of the two parts")
    options = parser.parse_args(arguments)
    lessons, out = sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), options.out.resolve()
    work = out.with_name(f"{out.name}-work")
    work.mkdir(parents=True, exist_ok=True)
    for name, build in (("book", build_book), ("lite", build_lite)):
        if options.only in (None, name):
            begun = time.perf_counter()
            try:
                build(out, work, lessons)
            except subprocess.CalledProcessError as error:
                print(f"{name}: failed")
                return error.returncode
            print(f"{name}: {out} ({time.perf_counter() - begun:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
