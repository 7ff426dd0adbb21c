"""Every limit that grading keeps, in one place: seconds, bytes, processes, tries."""

from dataclasses import dataclass

# A limit is in processor seconds; on a loaded machine it may take so many times longer by the clock
PATIENCE = 4
START_SECONDS = 120.0  # until the process that is copied for every student has to be ready
TRIAL_SECONDS = 0.3  # for one call of a changed answer, when its mistake is searched
TRIALS_SECONDS = 2.5  # for all of them
SILENCE_SECONDS = 15.0  # between two messages, where no limit of a cell or call holds


@dataclass(frozen=True)
class Limits:
    """What one submission may take.

    cell   : processor seconds for a student's cell
    given  : processor seconds for a cell as it was handed out
    call   : processor seconds for one call of an answer, where the exercise does not ask for less
    grace  : seconds by the clock that the grader waits longer than the process itself
    memory : bytes
    tries  : how often a given cell may run out of time
    whole  : seconds by the clock for the whole submission; then its grader is replaced
    """

    cell: float = 15.0
    given: float = 90.0
    call: float = 60.0
    grace: float = 2.0
    memory: int = 3 * 2**30
    tries: int = 3
    whole: float = 1800.0


@dataclass(frozen=True)
class RoomLimits:
    """What the system holds a student's process to; sizes are in bytes, `cpu` in seconds."""

    memory: int = 3 * 2**30
    file: int = 16 * 2**20
    cpu: int = 150
    processes: int = 64
    scratch: str = "64m"  # the home in memory
