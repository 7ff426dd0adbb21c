"""Whose a submission is in Gradescope's export: a file next to the folders says it.

The folders are called submission_NUMBER. Each gets the path that it would have by hand: in folders
of the student's id, e-mail address and name. What a group handed in is each of its members'.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lessonlib.homework.cohort.archives import Entry, Refused, clean
from lessonlib.homework.lateness import moment

METADATA = "submission_metadata.yml"


@dataclass(frozen=True)
class Submitters:
    """Gradescope's submissions by folder: whose they are, and when they were handed in."""

    paths: dict[str, list[str]]
    times: dict[str, datetime]

    @staticmethod
    def of(found: list[Entry]) -> "Submitters":
        """Read the file that Gradescope put next to the folders; without it there are none.

        One that is in a student's folder is the student's, and is not looked at.
        """
        said = next((e for e in found if e.path == METADATA), None)
        made = Submitters({}, {})
        for folder, about in (_tree(said) if said else {}).items():
            people = about.get(":submitters") if isinstance(about, dict) else None
            if not isinstance(people, list):
                continue
            made.paths[str(folder)] = [p for person in people if (p := _path(person))]
            created = about.get(":created_at")
            when = created if isinstance(created, datetime) else moment(str(created), UTC)
            if when is not None:
                made.times[str(folder)] = when if when.tzinfo else when.replace(tzinfo=UTC)
        return made

    def named(self, path: str) -> list[str]:
        """The paths of a file, one for each of those who handed it in."""
        folder, _, rest = path.partition("/")
        return [f"{person}/{rest}" for person in self.paths.get(folder, ())] or [path]

    def entries(self, found: list[Entry]) -> Iterator[Entry]:
        """The files of all submissions under these paths, with their times."""
        for entry in found:
            when = self.times.get(entry.path.split("/")[0])
            for path in self.named(entry.path) if entry.path != METADATA or not self.paths else ():
                yield replace(entry, path=path, handed_in=when)


def _tree(said: Entry) -> dict[Any, Any]:
    """The content of the file; nothing where it cannot be read."""
    import yaml  # type: ignore[import-untyped]  # it has no types; nbgrader brings it

    class Loader(yaml.SafeLoader):
        """Ruby's own kinds of values are left out."""

    Loader.add_multi_constructor("!", lambda *_: None)
    try:
        tree = yaml.load(said.read(), Loader)
    except (Refused, OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _path(person: Any) -> str:
    """The folders that name a student, or nothing."""
    if not isinstance(person, dict):
        return ""
    texts = (person.get(key) for key in (":sid", ":email", ":name"))
    parts = [re.sub(r"[/\\]", "_", str(text)).strip(" .") for text in texts if text]
    return "/".join(clean(part) for part in parts if part)
