"""What the drawing explorer shows, in bytes, numbers and words, for the script and for readers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lessonlib.lessons.l06.explorer.model import BITS, Drawing
from lessonlib.lessons.l06.explorer.sums import Sum


def frame(drawing: Drawing) -> dict[str, Any]:
    """All that the script draws."""
    found, answer, shares = drawing.sum, drawing.answer, drawing.shares
    values = np.concatenate([a.ravel() for a in drawing.layers.values()]).astype(np.float32)
    ink, note = drawing.image.sum(), sum_in_words(found)
    return {
        "bits": np.packbits(drawing.bits).tobytes(),
        "token": [drawing.author, drawing.drawings],
        "values": values.tobytes(),
        "scale": drawing.scale,
        "shares": np.round(shares, 4).tolist(),
        "answer": answer,
        "chosen": list(drawing.chosen),
        "sum": sum_as_values(found),
        "readouts": [
            ["answer", str(answer)],
            ["its share (softmax)", f"{shares[answer]:.3f}"],
            ["ink (pixels)", f"{ink:.1f}"],
            ["chosen", found.place],
            ["its value", f"{found.value:.3f}".replace("-", "−")],
        ],
        "note": note,
        "summary": (
            f"Drawing with {ink:.0f} pixels of ink, read as {answer} with a "
            f"share of {shares[answer]:.2f}. Chosen: {found.place}. {note}"
        ),
    }


def unpacked(packed: Sequence[int]) -> np.ndarray:
    """The drawing that the script sends, (48, 48) bool, from its bits packed eight to a byte.

    Raises ValueError for another number of bytes

    >>> unpacked([255] * 288).all()
    np.True_
    """
    values = np.array(packed, np.uint8)
    if values.shape != (BITS * BITS // 8,):
        raise ValueError(f"draw: {values.size} bytes, wanted {BITS * BITS // 8}")
    return np.unpackbits(values).reshape(BITS, BITS).astype(bool)


def sum_as_values(found: Sum) -> dict[str, Any]:
    """A sum as JSON values, rounded."""
    kernels = None if found.kernels is None else np.round(found.kernels, 4).tolist()
    return {
        "kind": found.kind,
        "source": found.source,
        "window": list(found.window),
        "patches": np.round(found.patches, 4).tolist(),
        "kernels": kernels,
        "parts": np.round(found.parts, 4).tolist(),
        "bias": round(found.bias, 4),
        "total": round(found.total, 4),
        "value": round(found.value, 4),
    }


def sum_in_words(found: Sum) -> str:
    """A sum in one sentence."""
    if found.kind == "ink":
        return f"{found.patches.sum():.0f} of 16 bits of the drawing are ink: {found.value:.3f}."
    if found.kind == "max":
        return f"The largest of {found.patches.size} values: {_signed(found.value)}."
    total = f"with the bias {_signed(found.bias)} the sum is {_signed(found.total)}"
    if len(found.parts) == 1:
        text = f"Patch × kernel = {_signed(found.parts[0])}; {total}."
    else:
        text = f"{len(found.parts)} patches × kernels = {_signed(np.sum(found.parts))}; {total}."
    if found.place.startswith("score"):
        return text
    return text + (" ReLU leaves it." if found.total > 0 else " ReLU makes it 0.")


def _signed(number: float) -> str:
    """Two digits, a real minus."""
    return f"{number:.2f}".replace("-", "−")
