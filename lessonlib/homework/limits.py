"""Every limit that grading keeps, in one place: seconds, bytes, processes, tries."""

import math
import time
from dataclasses import dataclass, field

# A limit is in processor seconds; on a loaded machine it may take so many times longer by the clock
PATIENCE = 4
START_SECONDS = 120.0  # until the process that is copied for every student has to be ready
TRIAL_SECONDS = 0.3  # for one call of a changed answer, when its mistake is searched
TRIALS_SECONDS = 2.5  # for all of them
LOCK_SECONDS = 120.0  # that another program may hold the gradebook
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
    processor, clock : seconds for the whole submission, of the processor and by the clock; what
             is not done then earns no points
    judging: processor seconds that the grader itself spends on one exercise
    whole  : seconds by the clock after which a grader that hangs is replaced
    """

    cell: float = 15.0
    given: float = 90.0
    call: float = 60.0
    grace: float = 2.0
    memory: int = 3 * 2**30
    tries: int = 3
    processor: float = 600.0
    clock: float = 1200.0
    judging: float = 60.0
    whole: float = 1800.0

    @staticmethod
    def with_cell(seconds: float) -> "Limits":
        """The limits where a cell may take so long: no other one is reached before ten such cells.

        >>> Limits.with_cell(15.0) == Limits(), Limits.with_cell(300.0).whole
        (True, 18000.0)
        """
        usual, clock = Limits(), PATIENCE * 10 * seconds
        return Limits(
            cell=seconds,
            given=max(usual.given, seconds),
            processor=max(usual.processor, 10 * seconds),
            clock=max(usual.clock, clock),
            whole=max(usual.whole, 1.5 * clock),
        )

    @property
    def processor_of_one(self) -> int:
        """Processor seconds of one process: room for ten cells."""
        return int(max(RoomLimits.cpu, 10 * self.cell))


@dataclass
class TimeLeft:
    """What is left of a submission's time: until when by the clock, and of the processor.

    >>> left = TimeLeft(processor=5.0)
    >>> left.spend(6.0)
    >>> left.is_over
    True
    """

    end: float = math.inf
    processor: float = math.inf
    spent: float = field(default=0.0, init=False)

    @staticmethod
    def of(limits: Limits) -> "TimeLeft":
        """All the time of a submission that begins now; room for ten cells at their limit."""
        most = max(limits.processor, 10 * limits.cell)
        clock = max(limits.clock, PATIENCE * 10 * limits.cell)
        return TimeLeft(time.monotonic() + min(clock, limits.whole), most)

    def spend(self, seconds: float) -> None:
        """Count processor seconds that a run has taken."""
        self.spent += seconds

    @property
    def is_over(self) -> bool:
        """Whether no further run may begin."""
        return self.spent >= self.processor or time.monotonic() >= self.end

    def until(self) -> float:
        """The moment by the clock when a run that begins now has to end."""
        return min(self.end, time.monotonic() + PATIENCE * (self.processor - self.spent))


@dataclass(frozen=True)
class RoomLimits:
    """What the system holds a student's process to; sizes are in bytes, `cpu` in seconds.

    open_files : of one process; each may be a socket, whose contents nobody counts
    scratch, files : the size of each of the three folders in memory, and how many files it takes
    """

    memory: int = 3 * 2**30
    file: int = 16 * 2**20
    cpu: int = 150
    processes: int = 64
    open_files: int = 64
    scratch: str = "64m"
    files: int = 8192
