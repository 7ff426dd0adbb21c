"""Settings of the book: `python tools/build_site.py` fills a copy of this folder, calls Sphinx."""

import os
import sys
import tomllib
from pathlib import Path

ROOT = Path(os.environ["NEURAL_SPARKS_ROOT"])
sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]

from website.extension import alt_texts
from website.sources import repository

project = "Neural Sparks"
author = "the Neural Sparks contributors"
copyright = f"{author}. Text and figures CC BY 4.0, code BSD 3-Clause"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
language = "en"

extensions = ["sphinx.ext.autodoc", "myst_nb", "sphinx_copybutton", "website.extension"]
exclude_patterns = ["extra"]
suppress_warnings = ["myst.header"]  # a lesson may go from its title to a third-level exercise

# Lessons: stored outputs as they are. The anchors are those that JupyterLab and GitHub give.
nb_execution_mode = "off"
nb_number_source_lines = False
nb_merge_streams = True
nb_code_prompt_show = "Show the code"  # of a folded cell
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 4
myst_heading_slug_func = "website.sources.heading_anchor"
lesson_alt_texts = alt_texts(sorted(Path("notebooks").glob("*.ipynb")))
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True

# Library
autodoc_typehints = "none"  # the docstrings give the shapes
autodoc_default_options = {"exclude-members": "extra_repr"}
add_module_names = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "sphinx_book_theme"
html_title = "Neural Sparks"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_favicon = "_static/favicon.svg"
html_context = {"default_mode": "auto"}  # light or dark, as the system is set
html_extra_path = ["extra"]
html_show_sourcelink = False
html_copy_source = False
html_math_renderer = "mathml"
html_theme_options = {
    "repository_url": repository(),
    "use_repository_button": True,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
