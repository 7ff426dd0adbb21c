"""Grade one submission: run it outside, compare here.

The student's process gets inputs and sends values. The reference, the expected values and the score
exist only in this process.
"""

import contextlib
import re
import signal
import threading
import types
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from lessonlib.exercises.call import AskedToWrite, TimeUp
from lessonlib.exercises.diagnosis import second
from lessonlib.exercises.judge import Exercise, ReferenceFailed, failing, verdict
from lessonlib.exercises.result import CORRECT, NOT_ATTEMPTED, NOT_YET, Result
from lessonlib.homework.limits import PATIENCE, TRIALS_SECONDS, Limits, TimeLeft
from lessonlib.homework.model import Graded, Homework, HomeworkError, Report
from lessonlib.homework.sandbox.session import (
    GraderProblem,
    PreforkClient,
    Session,
    Transcript,
    pack_calls,
)
from lessonlib.homework.submission.cases import Cases
from lessonlib.homework.submission.plan import Plan, Trouble, modules_of
from lessonlib.homework.submission.repair import Unreadable, repair
from lessonlib.homework.submission.score import (
    ASKED,
    ending,
    explain,
    no_answer,
    outcomes,
    result_of,
    share,
)
from lessonlib.homework.submission.search import repaired

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MOST_RUNS = 8
_MOST_SECOND = 3  # wrong cases whose properties are tried with second calls
_MOST_PRINTED = 400_000  # characters of all cells that are kept for the feedback page


class _GivenTimeout(Exception):
    """A cell that the student did not write ran out of time."""


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
        self.prefork = PreforkClient(sorted(modules_of(self.release)), hide or [], trusted)
        self._drawn: dict[str, Cases] = {}

    def close(self) -> None:
        """End the prepared process."""
        self.prefork.close()

    def grade(self, raw: bytes) -> Report:
        """The report on one submitted file. Never raises for what a student did."""
        try:
            with _own_limit(self.limits.judging):
                repaired = repair(raw, self.release)
        except Unreadable as error:
            return Report("not graded", str(error))
        except (Exception, TimeUp) as error:  # a file of a kind that nobody has foreseen
            return Report("not graded", f"the file could not be read ({type(error).__name__})")
        report, trouble = Report("graded", notes=repaired.notes), Trouble()
        self.left = TimeLeft.of(self.limits)
        try:
            for exercise in self.homework.exercises():
                plan = Plan(repaired.notebook, self.release, exercise, self.limits, trouble)
                report.exercises.append(self._grade_safely(plan, report))
        except _GivenTimeout as error:
            return Report.problem(error, repaired.notes)
        report.seconds = round(report.seconds, 3)
        return report

    def _grade_safely(self, plan: Plan, report: Report) -> Graded:
        """Whatever fails for what a student sent costs this exercise's points, with a reason.

        Raises GraderProblem and OSError, which are the system's.
        """
        exercise = plan.exercise
        try:
            with _own_limit(self.limits.judging), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about a student's code, to the terminal
                return self._grade_exercise(plan, report)
        except (GraderProblem, HomeworkError, OSError, _GivenTimeout):
            raise
        except ReferenceFailed as error:
            raise GraderProblem(f"{exercise.id}: the reference failed ({error})") from error
        except (Exception, TimeUp) as error:
            kind = type(error).__name__
            report.notes.append(f"{exercise.id}: could not be judged ({kind}); look at it by hand")
            text = f"What came back could not be judged ({kind})."
            return self._graded(exercise, result_of(exercise, text))

    def _grade_exercise(self, plan: Plan, report: Report) -> Graded:
        exercise = plan.exercise
        if plan.untouched():
            text = "Nothing has been written here yet."
            if exercise.starter is not None:
                text = "The bug is still there."
            return self._graded(exercise, result_of(exercise, text, NOT_ATTEMPTED))
        seen = self._run(plan, report)
        graded = self._score(exercise, seen)
        return self._searched(plan, seen, graded, report)

    def _searched(self, plan: Plan, seen: Transcript, graded: Graded, report: Report) -> Graded:
        """Where nothing has been found in a wrong answer: call it again, on other arguments.

        First for the properties that compare two calls, then for the line whose change makes it
        right. Both know the lesson's cases alone.
        """
        vague = graded.how in ("", "place", "error") and graded.status == NOT_YET
        searched = self.homework.diagnosis and not self.left.is_over
        if not vague or not searched or seen.answer != "ready":
            return graded
        exercise, public = plan.exercise, self._cases(plan.exercise).public
        found = outcomes(exercise, seen, public)
        failed = [k for k in failing(exercise, public, found) if k < len(found)]

        def run(payload: bytes, calls: int, trials: float = 0.0) -> Transcript:
            session = Session(self.prefork, self.limits, self.left)
            again = session.run(plan.cells(), exercise, payload, calls, trials)
            report.seconds += again.seconds
            return again

        asked = second.wanted(exercise, [(public[k], found[k]) for k in failed[:_MOST_SECOND]])
        if asked:
            calls = [one.arguments for one in asked]
            again = run(pack_calls(exercise, calls, self.limits.call), len(calls))
            if missed := second.missed(asked, outcomes(exercise, again, calls)):
                message = f"{missed[0].message} {graded.message}"
                return replace(graded, message=message, finding=missed[0].name, how="property")
        trying = partial(run, trials=PATIENCE * (TRIALS_SECONDS + seen.seconds))
        place = repaired(plan, public, failed, trying) if failed else None
        if place is None:
            return graded
        message = f"{graded.message} {place.message}"
        return replace(graded, message=message, finding=place.name, how=place.how)

    # ---- running -----------------------------------------------------------------------------

    def _run(self, plan: Plan, report: Report) -> Transcript:
        """Run until the answer has been called, widening the plan where that helps."""
        timeouts, seen = 0, Transcript(over=True)
        for _ in range(_MOST_RUNS):
            if self.left.is_over:
                return seen
            exercise, cases = plan.exercise, self._cases(plan.exercise)
            payload = pack_calls(exercise, cases.public, self.limits.call)
            count = len(cases.public)  # what it says of the lesson's cases knows no other ones
            own = pack_calls(exercise, cases.hidden, self.limits.call, count)
            then = (len(cases.hidden), own)
            cells = plan.cells()
            session = Session(self.prefork, self.limits, self.left)
            seen = session.run(cells, exercise, payload, count, then=then)
            report.seconds += seen.seconds
            given = {c["index"] for c in cells if c["given"]}
            before = {k for k in given if k < 0}  # no code of the student has run there
            if _timed_out_given(seen, given):
                timeouts += 1
                if timeouts < self.limits.tries:
                    continue
                if _timed_out_given(seen, before):
                    raise _GivenTimeout(
                        f"a cell that was given ran out of time in {timeouts} tries"
                    )
            begun = {*seen.cells, -1 if seen.current is None else seen.current}
            if not seen.answer and max(begun) < 0 and not self.left.is_over:
                raise GraderProblem(f"the process ended before the first cell ({ending(seen)})")
            _keep_cells(seen, report)
            plan.trouble.slow |= {k for k, c in seen.cells.items() if c["error"][:1] == ["TimeUp"]}
            if not self._widen(plan, seen, report, before):
                return seen
        return seen

    def _widen(self, plan: Plan, seen: Transcript, report: Report, before: set[int]) -> bool:
        """Change the plan after a run that did not reach the answer. False: nothing to change."""
        exercise = plan.exercise
        if seen.current is not None and not seen.answer:
            if seen.current in plan.trouble.tamed or seen.current in before:
                return False
            plan.trouble.tamed.add(seen.current)
            how = "did not stop" if seen.stopped else ending(seen)
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

    def _cases(self, exercise: Exercise) -> Cases:
        if exercise.id not in self._drawn:
            extra = self.extra.get(exercise.id, [])
            self._drawn[exercise.id] = Cases.of(exercise, self.homework.seed, extra)
        return self._drawn[exercise.id]

    # ---- judging -----------------------------------------------------------------------------

    def _score(self, exercise: Exercise, seen: Transcript) -> Graded:
        cases = self._cases(exercise)
        if seen.answer != "ready":
            return self._graded(exercise, no_answer(exercise, seen))
        count = len(cases.public)
        public = outcomes(exercise, seen, cases.public)
        hidden = outcomes(exercise, seen, cases.hidden, count)
        if any(isinstance(o.error, AskedToWrite) for o in hidden + public):
            return self._graded(exercise, result_of(exercise, ASKED))
        search = self.homework.diagnosis
        known = verdict(exercise, cases.public, public, cases.hidden, hidden, search=search)
        search &= known.status == CORRECT  # else it is explained by the lesson's own cases
        outside = verdict(exercise, cases.hidden, hidden, cases.public, public, search=search)
        if NOT_ATTEMPTED in (outside.status, known.status):
            return self._graded(exercise, result_of(exercise, outside.message, NOT_ATTEMPTED))
        recognised = bool(known.mistake or outside.mistake)
        score, why_none = share(cases, public, hidden, recognised)
        result = explain(exercise, known, outside)
        message = f"{result.message} {why_none}".strip()
        return self._graded(exercise, replace(result, score=score, message=message))

    def _graded(self, exercise: Exercise, result: Result) -> Graded:
        maximum = float(self.homework.points[exercise.id])
        points = round(maximum * result.score, 4)
        details = [list(d) for d in result.details]
        return Graded(
            exercise.id,
            exercise.title,
            points,
            maximum,
            result.status,
            result.message,
            details,
            result.mistake,
            result.finding,
            result.how,
        )


@contextlib.contextmanager
def _own_limit(seconds: float) -> Iterator[None]:
    """Raise TimeUp after as much processor time of this process itself, again and again.

    What came back may be large or odd enough to keep the judging busy. The alarm of `call` is
    another one. In a thread, as on a Dask worker, the limit of the whole submission holds alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: Any) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


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
        there = ", ".join(e.id for e in homework.exercises())
        raise HomeworkError(
            f"extra cases: no exercise {', '.join(unknown)} in this homework; it has {there}"
        )
    return cases


def _timed_out_given(seen: Transcript, given: set[int]) -> bool:
    """Whether a cell that was handed out ran out of time or took the process down."""
    if seen.current in given and not seen.answer:
        return True
    return any(seen.cells[k]["error"][:1] == ["TimeUp"] for k in given & set(seen.cells))


def _keep_cells(seen: Transcript, report: Report) -> None:
    """Keep what the student's cells printed, once, for the feedback page."""
    room = _MOST_PRINTED - sum(len(c.get("text", "")) for c in report.cells.values())
    for index, cell in seen.cells.items():
        if index >= 0 and str(index) not in report.cells:
            error = ": ".join(cell["error"])
            where = f" (line: {cell['line']})" if cell["line"] and error else ""
            text = _ADDRESS.sub("", cell["out"] + cell["err"])[: max(0, room)]
            room -= len(text)
            report.cells[str(index)] = {"text": text, "error": _ADDRESS.sub("", error) + where}
