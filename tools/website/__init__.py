"""The course as a web site: a book to read and JupyterLite to run, both made from the notebooks."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
