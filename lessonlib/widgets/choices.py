"""The check of a setting against what can be chosen. No widgets: an explorer's model uses it."""

from collections.abc import Mapping, Sequence


def check_choice(
    owner: str, name: str, value: float, choices: Mapping[str, Sequence[float]]
) -> None:
    """Nothing for a setting that is offered. Raises ValueError with the names, or the values.

    >>> check_choice("Explorer", "width", 3, {"width": (1, 2)})
    Traceback (most recent call last):
        ...
    ValueError: Explorer: width 3, wanted one of 1, 2
    """
    if name not in choices:
        raise ValueError(f"{owner}: {name!r}, wanted one of {', '.join(choices)}")
    if value not in choices[name]:
        known = ", ".join(f"{choice:g}" for choice in choices[name])
        raise ValueError(f"{owner}: {name} {value}, wanted one of {known}")
