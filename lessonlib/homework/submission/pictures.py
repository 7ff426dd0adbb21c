"""The pictures of a text cell: each that the text asks for is there, or one that says it is not."""

import base64
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

_MOST_ASKED, _MOST_NAME = 400, 1000  # pictures of a cell that are looked for, letters of a name
_WRITTEN = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=]{20,})", re.I)
_MISSING = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="240" height="40"><text x="4" y="25">'
    b"This picture is not in the file.</text></svg>"
).decode()


def attached(text: str, names: Collection[str]) -> tuple[str, dict[str, dict[str, str]]]:
    """A text with the pictures that it holds in itself taken out, and these as attachments.

    Colab writes a pasted picture into the text, where it is longer than all words of a cell.
    """
    found: dict[str, dict[str, str]] = {}

    def take(match: re.Match[str]) -> str:
        kind = match[1].lower().replace("jpg", "jpeg")
        name = f"pasted-{len(found) + 1}.{kind}"
        while name in names:
            name = f"also-{name}"
        found[name] = {f"image/{kind}": match[2]}
        return f"attachment:{name}"

    return _WRITTEN.sub(take, text), found


def with_all_pictures(cell: dict[str, Any], notes: list[str], where: str) -> dict[str, Any]:
    """A cell whose pictures are all there: the page of feedback stops at one that is not."""
    if cell["cell_type"] == "code":
        return cell
    found = {n: whole for n, p in cell.get("attachments", {}).items() if (whole := _picture(p))}
    gone = []
    for name, rest in list(_asked_for(cell["source"], found)):
        if name:  # the page asks for the name as it is in a link
            found[quote(name)] = found[name]
        elif (other := re.match(r"[^\s)\"'<>]+", rest)) and other[0] not in found:
            found[other[0]] = {"image/svg+xml": _MISSING}
            gone.append(other[0][:80])
    if gone:
        more = f" (nor are {len(gone) - 1} others)" if len(gone) > 1 else ""
        notes.append(f"{where}: the picture {gone[0]} is not in the file{more}")
    cell.pop("attachments", None)
    return cell | ({"attachments": found} if found else {})


def _asked_for(source: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """For each picture of a text the longest name that fits, or nothing, and how the text goes on.

    Names are looked up by their lengths, so that many names and many pictures take little time.
    """
    forms = {quote(n): n for n in names} | {n: n for n in names}
    lengths = sorted({k for k in map(len, forms) if k <= _MOST_NAME}, reverse=True)
    for match in islice(re.finditer("attachment:", source), _MOST_ASKED):
        rest = source[match.end() : match.end() + _MOST_NAME]
        yield next((forms[rest[:k]] for k in lengths if rest[:k] in forms), ""), rest


def _picture(bundle: Any) -> dict[str, str]:
    """The forms of a picture, each as one text."""
    if not isinstance(bundle, dict):
        return {}
    joined = {k: "".join(v) if _is_lines(v) else v for k, v in bundle.items()}
    return {k: v for k, v in joined.items() if isinstance(v, str) and "/" in k}


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)
