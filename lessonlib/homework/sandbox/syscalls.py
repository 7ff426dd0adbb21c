"""Calls into the system that no answer needs are refused: a filter of the kernel (seccomp).

The room is closed without it too, but for two things that no namespace holds: sockets by which a
virtual machine speaks to its host, and memory that is in no process. The filter also takes away
what reaches past a process (keyrings, shared segments, message queues, another process's memory,
the kernel's log, watches of files) and what holes in kernels were found in (new namespaces, mounts,
bpf, io_uring, userfaultfd). A refused call fails with EPERM, one that is newer than this list with
ENOSYS.

Honest programs lock files of their own and begin sessions, though nobody needs either in a room of
one submission: these calls do nothing and succeed. Each session might be given as much of the
processor as a whole submission. The same holds for `sync`, which lets the machine's disks work, and
for the wish to live on when the supervisor ends.
"""

import ctypes
import platform
import struct
import sys

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _AND, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _MACHINE, _FIRST, _SECOND, _FOURTH = (
    0,
    4,
    16,
    24,
    40,
)  # where they and the arguments are described
_NEW_NAMESPACES = 0x7E020080  # the flags of `clone` that ask for a namespace of any kind
_SHARED_AND_NAMELESS = 0x21  # the flags of `mmap` for memory that stays when no process has it
_FAMILIES = (1, 2, 10)  # of sockets: inside the machine, IPv4, IPv6
# What `fcntl` is asked for: locks take memory that nobody counts and let others wait; so do leases
# and notes of what changes in a folder
_LOCKS, _LEASE, _NOTES = (6, 7, 37, 38), 1024, 1026
_DEATH_SIGNAL = 1  # what `prctl` is asked for
_CLONE3, _FIRST_UNKNOWN = 435, 463
_SINCE_UNIFIED = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 447)

# name of the machine: (its number, `clone`, `mmap`, `socket`, `fcntl`, `prctl`, those that
# do nothing: `flock`, `setsid`, `sync`, `syncfs`; those that are refused)
_CALLS = {
    "x86_64": (0xC000003E, 56, 9, 41, 72, 157, (73, 112, 162, 306), (
        29, 30, 31, 64, 65, 66, 68, 69, 70, 71, 240, 241, 242, 243, 244, 245,  # segments, queues
        248, 249, 250,  # keyrings
        101, 310, 311, 312, 103,  # other processes, the log
        155, 161, 165, 166, 272, 303, 304, 308,  # mounts, namespaces
        298, 319, 321, 323,  # perf, memory files, bpf, userfaultfd
        188, 189, 190,  # attributes of files, which take memory that nobody counts
        253, 294, 300,  # watches of files, of which an account has few
        *_SINCE_UNIFIED,
    )),
    "aarch64": (0xC00000B7, 220, 222, 198, 25, 167, (32, 157, 81, 267), (
        180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196,
        217, 218, 219,
        117, 270, 271, 272, 116,
        39, 40, 41, 51, 97, 264, 265, 268,
        241, 279, 280, 282,
        5, 6, 7,
        26, 262,
        *_SINCE_UNIFIED,
    )),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_calls() -> bool:
    """Refuse the calls, in this process and in all that it starts. Needs `no new privileges`.

    Returns False where the system has no such filter, or the machine is of another kind.
    """
    known = _CALLS.get(platform.machine()) if sys.platform == "linux" else None
    if known is None:
        return False
    code = _filter(*known)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0


def _filter(
    machine: int,
    clone: int,
    mmap: int,
    socket: int,
    fcntl: int,
    prctl: int,
    idle: tuple[int, ...],
    refused: tuple[int, ...],
) -> bytes:
    """The filter's steps: (what, how far if true, how far if false, with which number)."""
    no, unknown, yes, nothing = _ERRNO | _EPERM, _ERRNO | _ENOSYS, _ALLOW, _ERRNO
    asked = dict.fromkeys(_LOCKS, nothing) | {_LEASE: no, _NOTES: no}
    steps = [
        (_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, no),
        (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _FIRST_UNKNOWN), (_RETURN, 0, 0, unknown),
        (_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, unknown),  # its flags cannot be seen: use `clone`
        *_when(dict.fromkeys(refused, no) | dict.fromkeys(idle, nothing)),
        (_EQUAL, 0, 4, clone), (_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, no), (_RETURN, 0, 0, yes),
        (_EQUAL, 0, 5, mmap), (_LOAD, 0, 0, _FOURTH), (_AND, 0, 0, _SHARED_AND_NAMELESS),
        (_EQUAL, 0, 1, _SHARED_AND_NAMELESS), (_RETURN, 0, 0, no), (_RETURN, 0, 0, yes),
        (_EQUAL, 0, 2 * len(asked) + 2, fcntl), (_LOAD, 0, 0, _SECOND), *_when(asked),
        (_RETURN, 0, 0, yes),
        (_EQUAL, 0, 4, prctl), (_LOAD, 0, 0, _FIRST), *_when({_DEATH_SIGNAL: nothing}),
        (_RETURN, 0, 0, yes),
        (_EQUAL, 0, 2 * len(_FAMILIES) + 2, socket), (_LOAD, 0, 0, _FIRST),
        *_when(dict.fromkeys(_FAMILIES, yes)), (_RETURN, 0, 0, no), (_RETURN, 0, 0, yes),
    ]  # fmt: skip
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _when(answers: dict[int, int]) -> list[tuple[int, int, int, int]]:
    """The steps that give each number its answer."""
    pairs = [((_EQUAL, 0, 1, number), (_RETURN, 0, 0, said)) for number, said in answers.items()]
    return [step for pair in pairs for step in pair]
