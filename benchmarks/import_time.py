"""What `import lessonlib` costs, as a ratio to `import numpy`, and what it loads.

    python -m benchmarks.import_time

Each import happens in a fresh process, the two in turns; the time is that of the import statement.
"""

import os
import statistics
import subprocess
import sys

GOAL = 1.5  # numpy is part of what lessonlib imports: at most half of it on top
NOT_WANTED = ("matplotlib", "ipywidgets", "sklearn", "torch", "scipy", "tqdm")

_TIMED = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
# The package's parts load when they are first asked for; a lesson on layers asks for these.
NUMERICAL = "lessonlib, lessonlib.nn, lessonlib.optim, lessonlib.init, lessonlib.training"


def seconds(modules: str) -> float:
    """Time of one import in a fresh process, with byte code kept as Python does by itself."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", _TIMED.format(modules)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def ratio_to_numpy(modules: str, rounds: int = 7) -> float:
    """Median of the ratios of neighbouring runs, so that a busy moment hits both."""
    seconds(modules), seconds("numpy")  # byte code and the file cache
    return statistics.median(seconds(f"numpy, {modules}") / seconds("numpy") for _ in range(rounds))


def loaded_by(modules: str) -> list[str]:
    """Which of the heavy packages an import brings in."""
    code = f"import sys, {modules}; print(*(m for m in {NOT_WANTED} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def main() -> None:
    """Print both ratios and what is loaded."""
    for modules in ("lessonlib", NUMERICAL):
        ratio, heavy = ratio_to_numpy(modules), ", ".join(loaded_by(modules)) or "nothing heavy"
        print(f"{ratio:5.2f} x import numpy (goal {GOAL}), loads {heavy}: {modules}")


if __name__ == "__main__":
    main()
