"""This very lessonlib, as it travels to a platform: no release needs to be anywhere for it."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import lessonlib
from lessonlib.files import data_folder, notebooks_folder

_LEFT_OUT = {"__pycache__", "_data", "_notebooks"}
_WHEEL = "Wheel-Version: 1.0\nGenerator: lessonlib\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_OF_THE_INSTALLATION = ("METADATA", "entry_points.txt", "licenses/LICENSE")


def library() -> Iterator[tuple[str, bytes]]:
    """The files of lessonlib, its data included, by their names in an archive."""
    roots = (Path(lessonlib.__file__).parent, "lessonlib"), (data_folder(), "lessonlib/_data")
    for root, place in roots:
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and not _LEFT_OUT & set(inside.parts[:-1]):
                yield f"{place}/{inside.as_posix()}", path.read_bytes()


def wheel() -> tuple[str, bytes]:
    """The name and the content of a wheel of what is installed here; each time the same bytes."""
    installed = metadata.distribution("neural-sparks")
    name = f"neural_sparks-{installed.version}"
    info, files = f"{name}.dist-info", dict(library())
    for path in sorted(notebooks_folder().glob("*.ipynb")):
        files[f"lessonlib/_notebooks/{path.name}"] = path.read_bytes()
    for file in _OF_THE_INSTALLATION:
        if text := installed.read_text(file):
            files[f"{info}/{file}"] = text.encode()
    files[f"{info}/WHEEL"] = _WHEEL.encode()
    record = [f"{file},sha256={_digest(content)},{len(content)}" for file, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for file, content in files.items():
            add(made, file, content)
    return f"{name}-py3-none-any.whl", buffer.getvalue()


def _digest(content: bytes) -> str:
    """A checksum as a wheel's RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def add(made: zipfile.ZipFile, name: str, content: bytes, program: bool = False) -> None:
    """Add a file to an archive, always with the same date."""
    entry = zipfile.ZipInfo(name)  # dated 1980
    entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
    entry.external_attr = (0o100755 if program else 0o100644) << 16
    made.writestr(entry, content)
