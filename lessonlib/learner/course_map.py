"""The map of the course: which lessons there are, how long they take, what they need."""

from lessonlib import markup
from lessonlib.learner import record
from lessonlib.lessons.card import Lesson
from lessonlib.lessons.registry import available, cards, exercises_of


class CourseMap:
    """The lessons with hours, needs and the learner's progress; a table in a notebook."""

    def rows(self) -> list[tuple[Lesson, bool, str]]:
        """(lesson, whether it is there, progress in words) for each lesson."""
        done, there = record.load()["exercises"], available()
        table = []
        for lesson in cards():
            tasks = exercises_of(lesson.number)
            right = sum(done.get(t, {}).get("status") == "correct" for t in tasks)
            state = f"{right} of {len(tasks)} exercises" if tasks else ""
            table.append((lesson, lesson in there, state if lesson in there else "planned"))
        return table

    def __repr__(self) -> str:
        lines = ["lesson  hours  needs     progress            what it does"]
        for lesson, _, state in self.rows():
            needs = ", ".join(lesson.needs)
            lines.append(
                f"{lesson.number:6}  {lesson.hours:5g}  {needs:8}  {state:18}  {lesson.promise}"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = ("lesson", "what it does", "hours", "needs", "your progress")
        return markup.table(map(self._cells, self.rows()), head, left=(1, 4))

    @staticmethod
    def _cells(row: tuple[Lesson, bool, str]) -> tuple[str, ...]:
        lesson, there, state = row
        name = markup.escaped(lesson.promise)
        link = markup.Html(f"<a href='{lesson.stem}.ipynb'>{name}</a>" if there else name)
        needs = ", ".join(lesson.needs) or "nothing"
        return lesson.number, link, f"{lesson.hours:g}", needs, state


def course_map() -> CourseMap:
    """Show all lessons with hours, needs and your progress. Taught in notebooks/00_start_here."""
    return CourseMap()
