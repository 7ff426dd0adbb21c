"""Grade one submission: run it outside, compare here.

The student's process gets inputs and sends values. The reference, the expected values and the score
exist only in this process.
"""

import json
import re
import types
import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lessonlib.exercises.compare import difference
from lessonlib.exercises.engine import Exercise, verdict
from lessonlib.exercises.result import CORRECT, NOT_ATTEMPTED, NOT_YET, Result
from lessonlib.exercises.sandbox import AskedToWrite, Outcome, TimeUp
from lessonlib.homework.model import Graded, Homework, HomeworkError, Limits, Report
from lessonlib.homework.plan import Plan, Trouble, imports_of, setup_cells
from lessonlib.homework.repair import Unreadable, repair
from lessonlib.homework.session import (
    GraderProblem,
    ProcessEnded,
    Session,
    Transcript,
    Zygote,
    pack_calls,
    same_case,
)

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
PUBLIC_SEED = 20  # the cases that `check` uses in the lesson
_MOST_RUNS = 8
_CRASHES = {-4: "illegal instruction", -7: "bus error", -8: "arithmetic error",
            -9: "out of memory or time", -11: "segmentation fault", -24: "out of processor time",
            -25: "a file grew too large"}  # fmt: skip


class _GivenTimeout(Exception):
    """A cell that the student did not write ran out of time."""


@dataclass
class _Cases:
    """The lesson's cases, known to everyone, and the homework's own."""

    public: list[tuple]
    hidden: list[tuple]
    fresh: list[bool]


class Grader:
    """Grades submissions of one homework; keeps the process that students' processes copy."""

    def __init__(
        self,
        homework: Homework,
        limits: Limits | None = None,
        hide: list[str] | None = None,
        trusted: bool = False,
    ) -> None:
        self.homework, self.limits = homework, limits or Limits()
        self.release = homework.notebook()
        self.extra = extra_cases(homework)
        modules = [m for c in setup_cells(self.release) for m in imports_of(c["source"])]
        self.zygote = Zygote(sorted(set(modules)), hide or [], trusted)
        self._drawn: dict[str, _Cases] = {}

    def close(self) -> None:
        """End the prepared process."""
        self.zygote.close()

    def grade(self, raw: bytes) -> Report:
        """The report on one submitted file. Never raises for what a student did."""
        try:
            repaired = repair(raw, self.release)
        except Unreadable as error:
            return Report("not graded", str(error))
        report, trouble = Report("graded", notes=repaired.notes), Trouble()
        try:
            for exercise in self.homework.exercises():
                plan = Plan(repaired.notebook, self.release, exercise, self.limits, trouble)
                report.exercises.append(self._grade_exercise(plan, report))
        except _GivenTimeout as error:
            return Report("not graded", str(error), repaired.notes)
        report.seconds = round(report.seconds, 3)
        report.notebook = json.dumps(repaired.notebook, ensure_ascii=False)
        return report

    def _grade_exercise(self, plan: Plan, report: Report) -> Graded:
        exercise = plan.exercise
        if plan.untouched():
            text = "Nothing has been written here yet."
            if exercise.starter is not None:
                text = "The bug is still there."
            return self._graded(exercise, _result(exercise, text, NOT_ATTEMPTED))
        seen = self._run(plan, report)
        return self._score(exercise, seen)

    # ---- running -----------------------------------------------------------------------------

    def _run(self, plan: Plan, report: Report) -> Transcript:
        """Run until the answer has been called, widening the plan where that helps."""
        timeouts = 0
        for _ in range(_MOST_RUNS):
            exercise, cases = plan.exercise, self._cases(plan.exercise)
            payload = pack_calls(exercise, [cases.public, cases.hidden], self.limits.call)
            cells = plan.cells()
            seen = Session(self.zygote, self.limits).run(cells, exercise, payload)
            report.seconds += seen.seconds
            given = {c["index"] for c in cells if c["given"]}
            if _timed_out_given(seen, given):
                timeouts += 1
                if timeouts >= self.limits.tries:
                    raise _GivenTimeout(
                        f"a cell that was given ran out of time in {timeouts} tries; grade again"
                    )
                continue
            if not seen.answer and not any(k >= 0 for k in (*seen.cells, seen.current or -1)):
                raise GraderProblem(f"the process ended before the first cell ({_ending(seen)})")
            _keep_cells(seen, report)
            plan.trouble.slow |= {k for k, c in seen.cells.items() if c["error"][:1] == ["TimeUp"]}
            if not self._widen(plan, seen, report, given):
                return seen
        return seen

    def _widen(self, plan: Plan, seen: Transcript, report: Report, given: set[int]) -> bool:
        """Change the plan after a run that did not reach the answer. False: nothing to change."""
        exercise = plan.exercise
        if seen.current is not None and not seen.answer:
            if seen.current in plan.trouble.tamed or seen.current in given:
                return False
            plan.trouble.tamed.add(seen.current)
            how = "did not stop" if seen.stopped else _ending(seen)
            report.cells[str(seen.current)] = {"error": f"this cell ended the process: {how}"}
            note = f"a cell ended its process ({how}); only its definitions were used"
            if note not in report.notes:
                report.notes.append(note)
            return True
        lacking = seen.answer == "missing" or bool(seen.missing)
        if lacking and not plan.whole and seen.missing & plan.given_names():
            plan.whole = True
            report.notes.append(f"{exercise.id}: needed the whole notebook")
            return True
        if lacking and not plan.beyond:
            plan.beyond = True
            return True
        return False

    # ---- cases -------------------------------------------------------------------------------

    def _cases(self, exercise: Exercise) -> _Cases:
        if exercise.id not in self._drawn:
            seed = [self.homework.seed, zlib.crc32(exercise.id.encode())]
            public = exercise.cases(np.random.default_rng(PUBLIC_SEED))
            hidden = exercise.cases(np.random.default_rng(seed))
            hidden += self.extra.get(exercise.id, [])
            fresh = [not any(same_case(h, p) for p in public) for h in hidden]
            self._drawn[exercise.id] = _Cases(public, hidden, fresh)
        return self._drawn[exercise.id]

    # ---- judging -----------------------------------------------------------------------------

    def _score(self, exercise: Exercise, seen: Transcript) -> Graded:
        cases = self._cases(exercise)
        if seen.answer != "ready":
            return self._graded(exercise, _no_answer(exercise, seen))
        count = len(cases.public)
        public = _outcomes(seen, 0, count)
        hidden = _outcomes(seen, count, count + len(cases.hidden))
        if any(isinstance(o.error, AskedToWrite) for o in hidden + public):
            return self._graded(exercise, _result(exercise, _ASKED))
        known = verdict(exercise, cases.public, public)
        outside = verdict(exercise, cases.hidden, hidden)
        if NOT_ATTEMPTED in (outside.status, known.status):
            return self._graded(exercise, _result(exercise, outside.message, NOT_ATTEMPTED))
        score, why_none = _share(exercise, cases, hidden, (outside, known))
        result = _explain(exercise, known, outside)
        message = f"{result.message} {why_none}".strip()
        return self._graded(exercise, replace(result, score=score, message=message))

    def _graded(self, exercise: Exercise, result: Result) -> Graded:
        maximum = float(self.homework.points[exercise.id])
        points = round(maximum * result.score, 4)
        details = [list(d) for d in result.details]
        return Graded(exercise.id, exercise.title, points, maximum, result.status,
                      result.message, details, result.mistake)  # fmt: skip


_ASKED = (
    "The answer calls the library function that this exercise asks you to write. "
    "No points for this exercise."
)


def _result(exercise: Exercise, message: str, status: str = NOT_YET) -> Result:
    return Result(exercise.id, exercise.title, status, message)


def _ending(seen: Transcript) -> str:
    if seen.stopped:
        return "stopped by the grader"
    return _CRASHES.get(seen.ending, f"exit code {seen.ending}")


def _timed_out_given(seen: Transcript, given: set[int]) -> bool:
    """Whether a cell that was handed out ran out of time or took the process down."""
    if seen.current in given and not seen.answer:
        return True
    return any(seen.cells[k]["error"][:1] == ["TimeUp"] for k in given & set(seen.cells))


def _keep_cells(seen: Transcript, report: Report) -> None:
    """Keep what the student's cells printed, once, for the feedback page."""
    for index, cell in seen.cells.items():
        if index >= 0 and str(index) not in report.cells:
            error = ": ".join(cell["error"])
            where = f" (line: {cell['line']})" if cell["line"] and error else ""
            text = _ADDRESS.sub("", cell["out"] + cell["err"])
            report.cells[str(index)] = {"text": text, "error": _ADDRESS.sub("", error) + where}


def _outcomes(seen: Transcript, start: int, stop: int) -> list[Outcome]:
    """The outcomes of a group of calls, as far as they go; a missing one is an error."""
    found: list[Outcome] = []
    for k in range(start, stop):
        if k in seen.outcomes:
            found.append(seen.outcomes[k])
            if isinstance(found[-1].error, TimeUp | NotImplementedError):
                break
        else:
            error = (
                TimeUp() if seen.stopped else ProcessEnded(f"the process ended, {_ending(seen)}")
            )
            return [*found, Outcome(error=error)]
    return found


def _no_answer(exercise: Exercise, seen: Transcript) -> Result:
    """What to say where no function came out of the cells."""
    if seen.answer == "value":
        text = f"`{exercise.name}` is no function in this notebook, it is {seen.shown}."
        return _result(exercise, text)
    errors = [c["error"] for c in seen.cells.values() if c["error"]]
    if seen.answer == "missing" and errors:
        kind, text = errors[-1][0], errors[-1][-1]
        return _result(
            exercise, f"There is no `{exercise.name}`: a cell stopped with {kind}: {text}"
        )
    if seen.answer == "missing":
        return _result(exercise, f"No cell of this notebook defines `{exercise.name}`.")
    return _result(exercise, f"The notebook's process ended before the answer ({_ending(seen)}).")


def _share(
    exercise: Exercise, cases: _Cases, hidden: list[Outcome], results: tuple[Result, Result]
) -> tuple[float, str]:
    """The share of the points, and why it is none where cases passed without work."""
    outside, known = (r.score for r in results)
    recognised = any(r.mistake for r in results)
    total = len(cases.hidden) + len(cases.public)
    both = (outside * len(cases.hidden) + known * len(cases.public)) / total
    score = min(outside, both)
    if score in (0.0, 1.0):
        return score, ""
    if _is_constant(hidden):
        return 0.0, "It returns the same for every input: no points."
    if _is_echo(hidden, cases.hidden):
        return 0.0, "It returns what it was given: no points."
    fresh = [k for k, f in enumerate(cases.fresh) if f and k < len(hidden)]
    if fresh and not recognised:
        own = verdict(exercise, [cases.hidden[k] for k in fresh], [hidden[k] for k in fresh])
        if own.score == 0:
            return 0.0, "It is right only where the lesson shows the answer: no points."
    return score, ""


def _is_constant(outcomes: list[Outcome]) -> bool:
    values = [o.value for o in outcomes if o.error is None]
    same = [difference(v, values[0]) is None for v in values[1:]] if values else []
    return len(same) > 0 and all(same)


def _is_echo(outcomes: list[Outcome], cases: list[tuple]) -> bool:
    """Whether every value is an argument, or a tuple of arguments, always the same ones."""
    pairs = [(o.value, c) for o, c in zip(outcomes, cases, strict=False) if o.error is None]
    if len(pairs) < 2:
        return False
    if all(isinstance(v, tuple) and v for v, _ in pairs):
        widths = {len(v) for v, _ in pairs}
        if len(widths) != 1:
            return False
        return all(_same_argument([(v[k], c) for v, c in pairs]) for k in range(widths.pop()))
    return _same_argument(pairs)


def _same_argument(pairs: list[tuple[Any, tuple]]) -> bool:
    width = min(len(c) for _, c in pairs)
    return any(
        all(v is not None and difference(v, c[k]) is None for v, c in pairs) for k in range(width)
    )


def _explain(exercise: Exercise, known: Result, outside: Result) -> Result:
    """The message of the lesson's `check`; the homework's own cases are never shown."""
    if outside.status == CORRECT and known.status == CORRECT:
        count = "the lesson's cases and on the homework's own"
        return replace(outside, message=f"Agrees with the reference on {count}.", details=())
    if known.status != CORRECT:
        mistake, message = known.mistake, known.message
        if mistake is None and outside.mistake is not None:
            mistake, message = outside.mistake, outside.message
        return replace(known, mistake=mistake, message=message)
    if outside.mistake is not None:
        return replace(outside, details=())
    text = (
        f"It agrees on the lesson's cases, but only on {outside.score:.0%} of the homework's own "
        "cases. Was it written for the examples? Try inputs of other sizes and signs."
    )
    return replace(outside, message=text, details=())


def extra_cases(homework: Homework) -> dict[str, list[tuple]]:
    """The instructor's own cases: CASES maps an exercise id to a list of argument tuples."""
    if not homework.extra_cases:
        return {}
    module = types.ModuleType("extra_cases")
    try:
        exec(compile(homework.extra_cases, "extra cases", "exec"), module.__dict__)
        cases = {str(k): [tuple(c) for c in v] for k, v in module.CASES.items()}
    except Exception as error:
        raise HomeworkError(f"extra cases: {type(error).__name__}: {error}") from None
    unknown = sorted(set(cases) - {e.id for e in homework.exercises()})
    if unknown:
        raise HomeworkError(f"extra cases: no exercise {', '.join(unknown)} in this homework")
    return cases
