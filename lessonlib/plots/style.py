"""One look for the whole course: role colours, style file, how a finished figure is shown."""

import base64
import html
import io
import os
from importlib import resources
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image

# What a colour means is the same in every lesson; each role also has its own marker or dash.
COLOUR = {
    "positive": "#B8500B",  # class A, label +1, value above zero: orange-brown, marker o
    "negative": "#0B5FA5",  # class B, label -1, value below zero: blue, marker s
    "forward": "#1E7B57",
    "gradient": "#A3324E",
    "train": "#0B5FA5",
    "validation": "#B8500B",
    "test": "#7A3E9D",
    "theory": "#5A5A5A",
}
MARKER = {"positive": "o", "negative": "s"}
DASH = {"train": "-", "validation": "--", "test": "-.", "theory": ":"}
# For signed values, centred at 0: the negative role's blue below, the positive role's orange above.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [COLOUR["negative"], "#F7F7F7", COLOUR["positive"]]
)

# Read when the module is loaded: where homework is graded the package's folder is closed later.
with resources.as_file(resources.files(__package__) / "neural_sparks.mplstyle") as _file:
    _STYLE = dict(matplotlib.rc_params_from_file(_file, use_default_template=False).items())


def use_style() -> None:
    """Switch matplotlib to the course's style file for the rest of the session.

    Taught in notebooks/00_start_here

    >>> use_style()
    >>> matplotlib.rcParams["axes.titlelocation"]
    'left'
    """
    matplotlib.style.use(_STYLE)


class Picture:
    """A finished figure with a sentence that says what to see, which is also its alt text."""

    def __init__(self, png: bytes, alt: str, width: int) -> None:
        self.png, self.alt, self.width = png, alt, width

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        encoded = base64.b64encode(self.png).decode("ascii")
        data = {"text/plain": repr(self), "image/png": encoded}
        if os.environ.get("LESSONLIB_OUTPUT") != "static":  # Jupyter's PNG view has no alt text
            data["text/html"] = (
                f"<img alt='{html.escape(self.alt, quote=True)}' width='{self.width}' "
                f"style='max-width:100%;height:auto' src='data:image/png;base64,{encoded}'>"
            )
        return data, {"image/png": {"width": self.width, "alt": self.alt}}


def show(figure: Figure, alt: str) -> Picture:
    """Finish a figure: draw it once, close it, and return what the notebook displays.

    alt : one sentence on what to see, read by screen readers and shown where pictures are not
    Raises ValueError for an empty sentence. Taught in notebooks/00_start_here

    >>> show(plt.figure(), "An empty figure.")
    Figure: An empty figure.
    """
    if not alt.strip():
        raise ValueError("show: an empty alt text, wanted one sentence on what to see")
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", pil_kwargs={"compress_level": 1})  # packed well below
    width = round(figure.get_figwidth() * 100)
    plt.close(figure)
    # 256 colours are plenty for a figure and halve the notebook's size; the tenth that `optimize`
    # adds takes as long as drawing, so it is kept for the pictures that are stored
    image = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    image.save(small, format="png", optimize=os.environ.get("LESSONLIB_OUTPUT") == "static")
    return Picture(small.getvalue(), " ".join(alt.split()), width)
