"""How fast a class is graded: `python benchmarks/homework_rate.py [lesson] [students] [jobs]`.

Prints seconds and processor seconds per submission, the minutes for 300, and the memory of all
processes at the beginning and at the end. Every submission is the lesson's reference solution.
"""

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from lessonlib.homework.assign import Choices, assign
from lessonlib.homework.cohort.grade import Settings, grade
from lessonlib.homework.course import Course
from lessonlib.homework.release import solved


def watch(samples: list[tuple[float, float]], stop: threading.Event) -> None:
    """Note processor seconds and proportional memory of this process and all below it."""
    me, spent = psutil.Process(), {}
    while not stop.wait(0.5):
        memory = 0.0
        for process in [me, *me.children(recursive=True)]:
            try:
                times = process.cpu_times()
                spent[process.pid] = times.user + times.system
                memory += process.memory_full_info().pss / 2**20
            except psutil.Error:
                continue
        samples.append((sum(spent.values()), memory))


def main() -> None:
    """Assign a lesson, hand the reference in many times, grade, print the rates."""
    given = sys.argv[1:]
    lesson, students, jobs = [*given, *("01", "30", "2")[len(given) :]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (homework,) = assign([lesson], folder / "course", Choices(seed=1))
        text = json.dumps(solved(homework.notebook()))
        (folder / "up").mkdir()
        for k in range(int(students)):
            (folder / "up" / f"student{k:03d}.ipynb").write_text(text)
        samples: list[tuple[float, float]] = []
        stop = threading.Event()
        thread = threading.Thread(target=watch, args=(samples, stop))
        thread.start()
        begun = time.perf_counter()
        settings = Settings(jobs=int(jobs), progress=False)
        outcome = grade(Course(folder / "course"), lesson, settings, folder / "up")
        wall = time.perf_counter() - begun
        stop.set()
        thread.join()
    count, load = outcome.graded_now, os.getloadavg()[0]
    inside = sum(line.report.seconds for line in outcome.table if line.report)
    print(f"{count} submissions of lesson {lesson}, {jobs} jobs, load {load:.1f}")
    print(f"{wall / count:.2f} s each; 300 take {300 * wall / count / 60:.1f} minutes")
    print(f"students' processes {inside / count:.2f} CPU-s each")
    print(f"all processes seen at once: {samples[-1][0] / count:.2f} CPU-s each")
    first, last = samples[len(samples) // 3][1], samples[-2][1]
    print(f"memory {first:.0f} MB after a third, {last:.0f} MB at the end")


if __name__ == "__main__":
    main()
