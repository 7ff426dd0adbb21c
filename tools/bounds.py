"""Fill the bounds table: run lessons with many seeds and see where each claim's value lies.

python tools/bounds.py 01               lesson 01 with 20 seeds
python tools/bounds.py 01 --seeds 3     fewer, to try

The lesson's own code cells run as a plain script, once for each seed, with `LESSONLIB_SEED` set;
every `expect(name, value)` reports its value instead of asserting it. data/bounds.csv keeps the
words and the bound, which people write, and gets the smallest, middle and largest value. A value
outside its bound is named and the run ends with an error; a new claim is added with an open bound.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "data" / "bounds.csv"
FIELDS = ["name", "words", "low", "high", "smallest", "median", "largest", "seeds"]

_RUNNER = """
import json, sys
space = {"__name__": "__main__"}
for number, cell in enumerate(json.load(open(sys.argv[1], encoding="utf-8"))["cells"]):
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), space)
"""


def run(notebook: Path, seed: int) -> dict[str, float]:
    """Run a notebook's code with one seed and return the value of each claim."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "claims.jsonl"
        setting = {
            "LESSONLIB_SEED": str(seed),
            "LESSONLIB_RECORD": str(record),
            "LESSONLIB_PROGRESS": "off",
            "LESSONLIB_PROGRESS_BAR": "off",
            "LESSONLIB_OUTPUT": "static",
            "MPLBACKEND": "Agg",
            "OMP_NUM_THREADS": "1",
        }
        subprocess.run(
            [sys.executable, "-c", _RUNNER, str(notebook)],
            env=os.environ | setting,
            cwd=notebook.parent,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        lines = record.read_text(encoding="utf-8").splitlines()
    values = [json.loads(line) for line in lines]
    return {v["name"]: v["value"] for v in values}


def read_table() -> dict[str, dict[str, str]]:
    """The rows of the table by name."""
    with open(TABLE, encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def write_table(table: dict[str, dict[str, str]]) -> None:
    """Write the rows back, in order of their names."""
    with open(TABLE, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table[name] for name in sorted(table))


def outside(row: dict[str, str]) -> bool:
    """Whether the spread of a row leaves its bound."""
    low, high = float(row["low"] or "-inf"), float(row["high"] or "inf")
    return not (low <= float(row["smallest"]) and float(row["largest"]) <= high)


def main() -> int:
    """Run the lessons named on the command line and update the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="numbers such as 01 04b; all for none")
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    table, failed = read_table(), []
    every = sorted(path.name.split("_")[0] for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
    for lesson in options.lessons or every:
        (notebook,) = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
        runs = [run(notebook, seed) for seed in range(options.seeds)]
        for name in runs[0]:
            values = [r[name] for r in runs]
            row = table.setdefault(name, dict.fromkeys(FIELDS, "") | {"name": name})
            row["smallest"], row["median"], row["largest"] = (
                f"{f(values):.6g}" for f in (min, statistics.median, max)
            )
            row["seeds"] = str(len(values))
            mark = "outside its bound" if outside(row) else ""
            failed += [name] if mark else []
            print(
                f"{name:40} {row['smallest']:>12} {row['median']:>12} {row['largest']:>12} {mark}"
            )
        write_table(table)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
