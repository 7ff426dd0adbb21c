"""Make the stored results of data/models/ (`make models`).

python tools/make_models.py                 all that are missing or whose recipe has changed
python tools/make_models.py scoreboard_01   this one, anew

Each recipe is a module of tools/models/. The index keeps the command, the seeds, the CPU-seconds,
the sha256 of the file and of the recipe.
"""

import hashlib
import importlib
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "data" / "models"
INDEX = FOLDER / "index.json"

import numpy as np  # noqa: E402  (after the thread setting)


def recipes() -> list[str]:
    """The names of all recipes."""
    return sorted(p.stem for p in (ROOT / "tools" / "models").glob("[a-z]*.py"))


def recipe_hash(name: str) -> str:
    """The sha256 of a recipe's text, with line ends as on Linux."""
    text = (ROOT / "tools" / "models" / f"{name}.py").read_text(encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def make(name: str) -> dict:
    """Run one recipe, write its .npz, return its line of the index."""
    module = importlib.import_module(f"tools.models.{name}")
    start = time.process_time()
    arrays = module.make()
    seconds = time.process_time() - start
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.npz"
    np.savez_compressed(file, **arrays)
    return {
        "command": f"python tools/make_models.py {name}",
        "seeds": list(module.SEEDS),
        "cpu_seconds": round(seconds, 1),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "recipe_sha256": recipe_hash(name),
    }


def read_index() -> dict[str, dict]:
    """The lines of the index by name, as they stand now."""
    return json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.exists() else {}


def main(names: list[str]) -> None:
    """Make the named results, or all that are missing or out of date."""
    unknown = [n for n in names if n not in recipes()]
    if unknown:
        sys.exit(f"no recipe {', '.join(unknown)}; there are {', '.join(recipes())}")
    for name in names or recipes():
        if not names and read_index().get(name, {}).get("recipe_sha256") == recipe_hash(name):
            print(f"{name}: up to date")
            continue
        print(f"{name}: training ...", flush=True)
        line = make(name)
        print(f"{name}: {line['cpu_seconds']} CPU-seconds")
        index = read_index() | {name: line}  # read anew: another run may have written meanwhile
        INDEX.write_text(json.dumps(index, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
