"""Make docs/first_lesson.png, the picture of README.md, with the code of lesson 01."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from lessonlib import datasets, perceptron, plots

TARGET = Path(__file__).resolve().parent.parent / "docs" / "first_lesson.png"
KINDS = {"centred": {}, "shifted": {"shifted": True}, "rotated": {"rotated": True}}


def detector(kind: dict[str, bool]) -> tuple[np.ndarray, float]:
    """The averaged weights of the triangle detector and its accuracy on new images."""
    rng = np.random.default_rng(0)
    X, y = datasets.triangles(2000, rng, **kind)
    new_X, new_y = datasets.triangles(1000, rng, **kind)
    line = perceptron.fit(X, y, passes=30, averaged=True, rng=rng)
    answers = perceptron.classify(new_X, line.weight, line.bias)
    return line.weight.reshape(16, 16), float(np.mean(answers == new_y))


def main() -> None:
    """Draw what the unit sees, what it learns, and where it fails."""
    plots.use_style()
    kinds = KINDS | {"both": {"shifted": True, "rotated": True}}
    results = {name: detector(kind) for name, kind in kinds.items()}
    fig, (left, middle, right) = plt.subplots(
        1, 3, figsize=(10.5, 3.2), gridspec_kw={"width_ratios": [1.25, 1, 1.35]}
    )
    X, y = datasets.triangles(60, np.random.default_rng(3))
    some = np.r_[np.flatnonzero(y == 1)[:4], np.flatnonzero(y == -1)[:4]]
    sheet = np.ones((2 * 17 + 1, 4 * 17 + 1)) * 0.35
    for k, image in enumerate(X[some].reshape(-1, 16, 16)):
        top, side = 1 + 17 * (k // 4), 1 + 17 * (k % 4)
        sheet[top : top + 16, side : side + 16] = image
    for ax in (left, middle):
        ax.spines[:].set_visible(False)
    left.imshow(sheet, cmap="gray_r", vmin=0, vmax=1)
    left.set(xticks=[], yticks=[], title="Is there a triangle?")
    weights = results["centred"][0]
    size = np.abs(weights).max()
    middle.imshow(weights, cmap=plots.SIGNED, vmin=-size, vmax=size)
    middle.set(xticks=[], yticks=[], title="What one unit learns")
    accuracy = [value for _, value in results.values()]
    bars = right.barh(list(results), accuracy, color=plots.COLOUR["train"])
    right.bar_label(bars, [f"{a:.2f}" for a in accuracy], padding=4)
    right.axvline(0.5, color=plots.COLOUR["theory"], linestyle=":")
    right.set(xlim=(0, 1.15), xlabel="accuracy on new images (dotted: guessing)")
    right.set_title("Where it fails: lesson 01")
    right.invert_yaxis()
    TARGET.parent.mkdir(exist_ok=True)
    fig.savefig(TARGET, metadata={"Software": None})


if __name__ == "__main__":
    main()
