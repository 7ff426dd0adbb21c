"""A font for formulas where the reader's system has none: DejaVu Serif's mathematics, as WOFF.

Windows, macOS and iOS bring a font with the measures that formulas need; others may not. matplotlib
brings DejaVu Serif, whose licence lets it be passed on. Only what formulas use is kept.
"""

from pathlib import Path

import matplotlib
from fontTools import subset

# Latin, Greek, sub- and superscripts, letter-like signs, arrows, operators, brackets, italics
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x2B0, 0x3FF),
    (0x2010, 0x209F),
    (0x2100, 0x23FF),
    (0x27C0, 0x2BFF),
    (0x1D400, 0x1D7FF),
)


def write_math_font(target: Path) -> None:
    """Write the font for formulas."""
    source = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"
    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True)
    options.drop_tables = [*options.drop_tables, "FFTM"]
    font = subset.load_font(str(source), options)
    keeper = subset.Subsetter(options)
    keeper.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    keeper.subset(font)
    subset.save_font(font, str(target), options)
