"""What a frame of the playground costs the kernel on top of its training, in milliseconds of CPU.

    python -m benchmarks.explorer_frames

Measured in a real kernel, messages to the browser included: blocks of frames and blocks of the same
epochs without a view, in turns. CPU time, so that what else the machine does counts little.
"""

import json
import statistics
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient

GOAL = 10.0  # milliseconds of kernel CPU a frame, the training not counted

_MEASURED = """
import json, time
from lessonlib.explorers import PlaygroundExplorer

explorer = PlaygroundExplorer({settings})
explorer._open()
panel = explorer._panel
explorer.play()

def cpu(act, count):
    start = time.process_time()
    for number in range(count):
        act(number)
    time.sleep(0.05)  # the thread that sends is waited for and counted
    return 1000 * (time.process_time() - start) / count

frame = lambda number: panel._on_message(panel.view, {{"name": "tick", "id": number}}, [])
epoch = lambda number: explorer.model.epoch()
cpu(frame, 5), cpu(epoch, 5)
print(json.dumps([(cpu(frame, 10), cpu(epoch, 10)) for _ in range(5)]))
"""

SIZES = {
    "as it starts": "",
    "as large as it gets": "hidden=(8,) * 6, features=('x1', 'x2', 'x1^2', 'x2^2', 'x1*x2', "
    "'sin(x1)', 'sin(x2)')",
}


class Cost(NamedTuple):
    """Median milliseconds of CPU: of a frame's training, and of all else that it needs."""

    training: float
    view: float


def cost(settings: str = "") -> Cost:
    """Measure 50 frames of one epoch each in a fresh kernel."""
    cell = nbformat.v4.new_code_cell(_MEASURED.format(settings=settings))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    pairs = json.loads(cell.outputs[-1]["text"])
    training = statistics.median(epoch for _, epoch in pairs)
    return Cost(training, statistics.median(frame - epoch for frame, epoch in pairs))


def main() -> None:
    """Print the cost of a frame of the playground, as it starts and at its largest."""
    for name, settings in SIZES.items():
        training, view = cost(settings)
        print(
            f"{name}: training {training:.2f} ms, view {view:.2f} ms a frame "
            f"({view / training:.2f} of the training; goal at most {GOAL} ms)"
        )


if __name__ == "__main__":
    main()
