"""The map of the course: which lessons there are, how long they take, what they need."""

import html

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
        body = ""
        for lesson, there, state in self.rows():
            name = html.escape(lesson.promise)
            link = f"<a href='{lesson.stem}.ipynb'>{name}</a>" if there else name
            body += (
                f"<tr><td>{lesson.number}</td><td style='text-align:left'>{link}</td>"
                f"<td>{lesson.hours:g}</td><td>{', '.join(lesson.needs) or 'nothing'}</td>"
                f"<td style='text-align:left'>{state}</td></tr>"
            )
        return (
            "<table><thead><tr><th>lesson</th><th style='text-align:left'>what it does</th>"
            "<th>hours</th><th>needs</th><th style='text-align:left'>your progress</th></tr>"
            f"</thead><tbody>{body}</tbody></table>"
        )


def course_map() -> CourseMap:
    """Show all lessons with hours, needs and your progress. Taught in notebooks/00_start_here."""
    return CourseMap()
