"""An autograder for Gradescope: the archive that is uploaded, and what it says of a submission.

The form of both is that of Gradescope's autograder specifications: `setup.sh` builds the image,
`run_autograder` reads submission/ and writes results/results.json.
"""

import io
import sys
import zipfile
from typing import Any

from lessonlib.homework import safe
from lessonlib.homework.autograder.carried import add, library
from lessonlib.homework.autograder.needs import needed, pinned
from lessonlib.homework.autograder.once import Single, message, remarks
from lessonlib.homework.model import Graded, Homework

_SETUP = """#!/usr/bin/env bash
# Builds the image: the Python that the homework was assigned with, and what grading needs.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y python3 python3-venv
python3 -m venv .uv
.uv/bin/python -m pip install uv
.uv/bin/uv venv --python {python} .venv
.uv/bin/uv pip install --python .venv/bin/python -r requirements.txt -c constraints.txt
pwd > .venv/lib/python{python}/site-packages/neural-sparks.pth
# The reference must get full marks here; else the image is not built, and this log says why.
.venv/bin/python -I -m lessonlib.homework.autograder test homework.json
"""
_RUN = """#!/usr/bin/env bash
cd "$(dirname "$0")"
exec source/.venv/bin/python -I -m lessonlib.homework.autograder gradescope source/homework.json
"""


def archive(homework: Homework) -> bytes:
    """The content of autograder.zip; the same homework gives the same bytes."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    texts = {
        "setup.sh": _SETUP.format(python=python),
        "run_autograder": _RUN,
        "requirements.txt": "".join(f"{line}\n" for line in needed()),
        "constraints.txt": "".join(f"{line}\n" for line in pinned()),
        "homework.json": homework.to_json(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in texts.items():
            add(made, name, text.encode(), program=name in ("setup.sh", "run_autograder"))
        for name, content in library():
            add(made, name, content)
    return buffer.getvalue()


def results(single: Single) -> dict[str, Any]:
    """The content of results.json. What is printed is for the instructor alone."""
    made: dict[str, Any] = {
        "tests": [_test(graded) for graded in single.graded()],
        "output": safe.lines("\n".join(remarks(single))),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "execution_time": round(single.report.seconds),
        "extra_data": {"closed_room": single.closed, "lessonlib": single.homework.version},
    }
    if not made["tests"]:  # Gradescope wants a score where there are no tests
        made["score"] = 0.0
    return made


def _test(graded: Graded) -> dict[str, Any]:
    full = graded.points >= graded.maximum
    return {
        "number": graded.exercise,
        "name": graded.title,
        "score": graded.points,
        "max_score": graded.maximum,
        "status": "passed" if full else "failed",
        "output": safe.lines(message(graded)),
        "output_format": "text",
        "visibility": "visible",
    }
