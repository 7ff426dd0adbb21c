"""What the memory cell shows, in numbers and words, for the script and for readers."""

from typing import Any

import numpy as np

from lessonlib.lessons.l08.explorer.model import MemoryCell


def frame(cell: MemoryCell) -> dict[str, Any]:
    """All that the script draws."""
    t, now, words = cell.steps, _last(cell), note(cell)
    memory, output = now[4], now[5]
    shown = list(cell.gates.values()) if cell.by_hand else now[:3].tolist()
    return {
        "mode": cell.mode,
        "steps": t,
        "numbers": cell.stream.numbers.round(3).tolist(),
        "signs": signs(cell),
        "past": cell.past[:, :t].round(3).tolist(),
        "wanted": cell.stream.wanted.round(3).tolist(),
        "gates": [round(float(v), 3) for v in shown],
        "memory": float(memory),
        "output": float(output),
        "readouts": readouts(cell),
        "note": words,
        "summary": f"Memory cell, {cell.mode}, {t} of {cell.length} steps: "
        f"memory {memory:.2f}, output {output:.2f}. {words}",
    }


def _last(cell: MemoryCell) -> np.ndarray:
    """The rows of the last step that was done; zeros before the first."""
    return cell.past[:, max(0, cell.steps - 1)]


def signs(cell: MemoryCell) -> list[str]:
    """What is written at each step of the stream: "store", "add", "?" or nothing."""
    written = ["" for _ in range(cell.length)]
    for k in cell.stream.marked:
        written[k] = "store" if cell.by_hand else "add"
    if cell.by_hand:
        written[cell.stream.asked] = "?"
    return written


def readouts(cell: MemoryCell) -> list[list[str]]:
    """Names and values of the numbers next to the drawing."""
    t, (*_, memory, output) = cell.steps, _last(cell)
    at = f"{min(t + 1, cell.length)} of {cell.length}"
    rows = [["step" if cell.finished else "next step", at]]
    rows += [["memory c", f"{memory:.2f}"], ["output h", f"{output:.2f}"]]
    if cell.by_hand:
        return [*rows, ["outputs as wanted", f"{cell.right} of {t}"]]
    total = sum(cell.stream.numbers[k] for k in cell.stream.marked if k < t)
    rows.append(["sum of the marked so far", f"{total:.2f}"])
    return [*rows, ["the network would answer", f"{cell.answer:.2f}"]]


def note(cell: MemoryCell) -> str:
    """What comes next, or what has come out."""
    if not cell.by_hand:
        return _of_the_trained(cell)
    return _result(cell) if cell.finished else _task(cell)


def _of_the_trained(cell: MemoryCell) -> str:
    if not cell.finished:
        return (
            "The cell of a trained LSTM that holds the first marked number best. Play, and "
            "watch what it writes at the marks and what its forget gate does between them."
        )
    total = sum(cell.stream.numbers[k] for k in cell.stream.marked)
    return f"It answers {cell.answer:.2f}; the two marked numbers add up to {total:.2f}."


def _task(cell: MemoryCell) -> str:
    t, stream = cell.steps, cell.stream
    return (
        f"Now comes {stream.numbers[t]:.1f}"
        + (", marked: store it." if t in stream.marked else ".")
        + (" Give the stored number back." if t == stream.asked else "")
        + " Set the gates, then Step."
    )


def _result(cell: MemoryCell) -> str:
    back, wanted = cell.output[cell.stream.asked], cell.stream.wanted[cell.stream.asked]
    if cell.right == cell.length:
        return f"Reached: at ? came {back:.2f} back, and silence in all other steps."
    halves = np.allclose(cell.past[:3], 0.5)
    return (
        f"At ? came {back:.2f} back, wanted {wanted:.2f}; {cell.right} of {cell.length} "
        "outputs are as wanted. "
        + ("Every gate stood half open: " if halves else "")
        + "Reset, and do it step by step."
    )
