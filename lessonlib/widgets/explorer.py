"""The pattern of every explorer: plain state and steps here, a thin view in `view.py` and a script.

A subclass holds the lesson's numbers and says how one step changes them. While it plays, the
browser asks for each frame and asks again only after the answer came. So nothing piles up, no
thread or task runs in the kernel, and cells run between two frames.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from ipywidgets import Widget
    from matplotlib.figure import Figure

    from lessonlib.widgets.view import Panel

FRAMES_PER_SECOND = 30  # the most a view asks for


class Explorer(ABC):
    """Base class: `step`, `play`, `pause`, `reset`, `state`, and the view that a cell shows.

    A subclass has view.js (which imports what it needs) and, where it needs it, view.css in its
    folder, gives `unit` (what one step is called) and writes `state`, `_step`, `_reset`, `_frame`,
    `_figure`, and where needed `_event`, `_controls` and `finished`.
    Taught in CONTRIBUTING.md
    """

    folder: ClassVar[str]  # the package that holds view.js
    speed_control: ClassVar[bool] = True  # False where the script offers the speeds itself
    unit: ClassVar[str] = "step"
    reset_hint: ClassVar[str] = "Go back to the beginning"
    rates: ClassVar[tuple[int, ...]] = (1, 4, 15, 60, 600)  # steps per second to choose from
    _shown: ClassVar[WeakValueDictionary[type, "Explorer"]] = WeakValueDictionary()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.folder = cls.__dict__.get("folder", cls.__module__.rpartition(".")[0])

    def __init__(self) -> None:
        self.playing = False
        self.error: Exception | None = None
        self._rate = self.rates[1]
        self._panel: Panel | None = None

    # What a subclass writes ---------------------------------------------------------------------

    @property
    @abstractmethod
    def state(self) -> dict[str, Any]:
        """The numbers on show, as plain values and copies of arrays."""

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do; Play then starts from the beginning."""
        return False

    @abstractmethod
    def _step(self) -> None:
        """Do one step of the lesson's algorithm."""

    @abstractmethod
    def _reset(self) -> None:
        """Go back to the beginning."""

    @abstractmethod
    def _frame(self) -> dict[str, Any]:
        """What the script draws: JSON values and bytes (array.tobytes()).

        The keys "readouts" ([[name, value], ...]), "note" (one line) and "summary" (the state in
        words, for screen readers) are drawn by the base of all scripts.
        """

    @abstractmethod
    def _figure(self) -> "Figure":
        """The state as a matplotlib figure, for pages without a kernel."""

    def _controls(self) -> "list[Widget]":
        """Further controls, made with ipywidgets; their callbacks go through `self.guarded`."""
        return []

    def _event(self, name: str, values: dict[str, Any]) -> None:
        """React to what the learner did in the view."""
        raise ValueError(f"{type(self).__name__}: event {name!r}, which it does not know")

    # What a lesson and the view use -------------------------------------------------------------

    def step(self, count: int = 1) -> None:
        """Do `count` steps, fewer where the work is finished. Raises ValueError below one."""
        if count < 1:
            raise ValueError(f"step: count {count}, wanted 1 or more")
        for _ in range(count):
            if self.finished:
                break
            self._step()
        if self.finished:
            self.playing = False
        self.refresh()

    def reset(self) -> None:
        """Stop playing and go back to the beginning."""
        self.playing = False
        self._reset()
        self.refresh()

    def play(self) -> None:
        """Let the view ask for frames; from the beginning if the work was finished."""
        if self.finished:
            self._reset()
        self.playing = True
        self.refresh()

    def pause(self) -> None:
        """Stop the view from asking for frames."""
        self.playing = False
        self.refresh()

    def close(self) -> None:
        """Stop, and take the view off the page and out of the kernel. The state stays."""
        self.playing = False
        if self._panel is not None:
            self._panel.close()
            self._panel = None

    def set_rate(self, rate: int) -> None:
        """Play at `rate` steps per second. Raises ValueError if it is not above zero."""
        if not rate > 0:
            raise ValueError(f"set_rate: {rate} steps per second, wanted a number above 0")
        self._rate = rate
        self.refresh()

    @property
    def pace(self) -> tuple[int, int]:
        """Steps in one frame, and milliseconds from one frame to the next."""
        steps = max(1, round(self._rate / FRAMES_PER_SECOND))
        return steps, round(1000 * steps / self._rate)

    def guarded(self, action: Callable[..., None]) -> Callable[..., None]:
        """Wrap a callback: what it raises stops the play and is shown in the view as one line."""

        def call(*args: Any) -> None:
            try:
                self.error = None
                action(*args)
            except Exception as error:
                self.playing = False
                self.error = error
            if self._panel is not None:
                self._panel.show_error(self.error)

        return call

    def answer(self, message: dict[str, Any]) -> None:
        """Handle one message of the view: a tick of the play, the end of the view, or an event."""
        name = message.get("name")
        if name == "tick":
            if self.playing:  # a tick may arrive just after Pause
                # With reduced motion the view asks once a second, so each frame is a larger step.
                self.step(max(1, round(self._rate)) if message.get("reduced") else self.pace[0])
        elif name == "gone":
            self.pause()
        else:
            self._event(str(name), message)
            self.refresh()

    def refresh(self) -> None:
        """Bring the view up to date, if there is one."""
        if self._panel is not None:
            self._panel.refresh()

    def picture(self) -> Any:
        """The state as a static `Picture`, whose alt text is the summary."""
        from lessonlib.plots import show

        return show(self._figure(), self._frame()["summary"])

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self._frame()['summary']}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = self.picture()._repr_mimebundle_()
        return data | {"text/plain": repr(self)}, metadata

    def _ipython_display_(self) -> None:
        if os.environ.get("LESSONLIB_OUTPUT") == "static":
            raise NotImplementedError  # IPython then shows the picture alone
        self._open().publish(*self._repr_mimebundle_())

    def _open(self) -> "Panel":
        """Make the view, if there is none yet, in place of an older explorer of this class."""
        from lessonlib.widgets.view import Panel

        older = self._shown.get(type(self))
        if older is not None and older is not self:
            older.close()
        self._shown[type(self)] = self
        if self._panel is None:
            self._panel = Panel(self, self._controls())
            self._panel.refresh()
        return self._panel
