"""A closed room for one process: Linux namespaces, a read-only view of few folders, hard limits.

Inside: the Python installation, lessonlib without its source, the embedded data, an empty home in
memory, no network, no other processes. Everything else (other submissions, the gradebook, the
reference answers) does not exist there. All of it works without privileges where the system allows
user namespaces.
"""

import contextlib
import ctypes
import glob
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import lessonlib
from lessonlib.files import data_folder
from lessonlib.homework.limits import RoomLimits
from lessonlib.homework.sandbox.stubs import STUBBED
from lessonlib.homework.sandbox.syscalls import refuse_calls

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]  # not on Windows, where the commands refuse

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 32, 4096, 16384, 1 << 18
_MNT_DETACH = 2
_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP, _PR_SET_SUBREAPER, _PR_SET_PDEATHSIG = 38, 24, 36, 1
_PR_SET_DUMPABLE = 4
_MOUNT_SETATTR = 442  # the same number on every Linux architecture
_KEYCTL, _JOIN_SESSION_KEYRING = {"x86_64": 250, "aarch64": 219}, 1
_NOBODY = 65534
_SIGNALS = 256  # that wait for the processes of a room
WORK = "/home/student"


class RoomError(RuntimeError):
    """The room could not be closed; nothing may run in it."""


@dataclass(frozen=True)
class View:
    """What the process may read, what of that is emptied, and where the room is built.

    keep : what is shown inside a folder that is emptied: a course folder may hold the environment
    """

    root: str
    show: tuple[str, ...]
    hide: tuple[str, ...]
    keep: tuple[str, ...] = ()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _must(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise RoomError(f"{what}: {os.strerror(code)}")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    _must(
        _libc().mount(
            source.encode(), target.encode(), kind.encode() if kind else None,
            ctypes.c_ulong(flags), data.encode() if data else None,
        ),
        f"mount {target}",
    )  # fmt: skip


def default_view(root: str, hide: Iterable[str] = ()) -> View:
    """What Python and the embedded data need, nothing else; lessonlib and `hide` are emptied."""
    there = _there()
    shown = tuple(_outermost(there))
    copies = [str(Path(lessonlib.__file__).resolve().parent), *_copies(shown)]
    hidden = sorted({*copies, *map(os.path.abspath, hide)}, key=len)  # the outer one first
    return View(root, shown, tuple(hidden), (*there, *(f"{copy}/_data" for copy in copies)))


def _there() -> list[str]:
    """The folders and files that are shown, as far as this machine has them."""
    wanted = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache"]
    wanted += ["/etc/localtime", "/etc/fonts", "/etc/ssl/certs", "/nix/store"]
    wanted += [sys.prefix, sys.base_prefix, sys.exec_prefix, *_library_folders()]
    wanted.append(str(data_folder()))
    return [os.path.normpath(p) for p in wanted if os.path.exists(p)]


def within_view(paths: Iterable[str]) -> list[str]:
    """Those of the paths that are in a folder that is shown: the others need not be known."""
    shown = _outermost(_there())
    places = map(os.path.abspath, paths)
    return [p for p in places if any(f"{p}/".startswith(f"{s}/") for s in shown)]


_KEPT_OUT = ("lessonlib", *STUBBED)


def _copies(shown: Iterable[str]) -> list[str]:
    """Where lessonlib is installed, and what is replaced in grading: of every Python in view."""
    folders = set(_library_folders())
    for path in shown:
        for between in ("", "*/"):  # /usr/lib, /usr/local/lib, /nix/store/NAME/lib
            for lib in ("lib*/", ""):
                folders |= {*glob.glob(f"{path}/{between}{lib}python3*/*-packages")}
    return sorted(
        f"{f}/{name}" for f in folders for name in _KEPT_OUT if os.path.isdir(f"{f}/{name}")
    )


def _library_folders() -> list[str]:
    """Import folders that are installations; a bare checkout on the path is not shown whole."""
    return [p for p in sys.path if p.endswith(("site-packages", "dist-packages"))]


def _outermost(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted({os.path.normpath(p) for p in paths}, key=len):
        if path == "/":
            raise RoomError("the Python installation is the root folder")
        if not any(path.startswith(k + "/") for k in kept):
            kept.append(path)
    return kept


def supervise_children() -> None:
    """Let orphans of the student's process come to this one, so that they can be ended."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_SUBREAPER, 1, 0, 0, 0)


def new_namespaces() -> None:
    """First half, in the supervisor: user and process namespaces, identities mapped."""
    go_read, go_write = os.pipe()
    parent = os.getpid()
    helper = os.fork()
    if helper == 0:
        try:
            os.close(go_write)
            os._exit(0 if os.read(go_read, 1) and _write_maps(parent) else 1)
        finally:
            os._exit(1)
    os.close(go_read)
    result = _libc().unshare(_NEWUSER | _NEWPID)
    code = ctypes.get_errno()
    if result == 0:
        os.write(go_write, b"x")
    os.close(go_write)
    mapped = os.waitpid(helper, 0)[1] == 0
    if result != 0:
        raise RoomError(f"user namespace: {os.strerror(code)}")
    if not mapped:
        raise RoomError("user namespace: the identities could not be mapped")


def _write_maps(pid: int) -> bool:
    """Map the grader to 0 inside; a grader who is root also gets `nobody` to drop to."""
    uid, gid = os.geteuid(), os.getegid()
    nobody = f"\n{_NOBODY} {_NOBODY} 1" if uid == 0 else ""
    for extra in dict.fromkeys((nobody, "")):
        try:
            Path(f"/proc/{pid}/setgroups").write_text("deny")
            Path(f"/proc/{pid}/gid_map").write_text(f"0 {gid} 1{extra}")
            Path(f"/proc/{pid}/uid_map").write_text(f"0 {uid} 1{extra}")
        except OSError:
            continue
        return True
    return False


def close_room(view: View, limits: RoomLimits) -> None:
    """Second half, in the first process of the new namespace. Afterwards it has no way out."""
    libc = _libc()
    os.umask(0o022)  # whatever the grader's own is: the student's process must find the folders
    _first_to_go()
    _must(libc.unshare(_NEWNS | _NEWUTS | _NEWIPC | _NEWNET), "namespaces")
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _no_names(libc)
    _no_further_namespaces()
    new = view.root
    _mount("tmpfs", new, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=1m,mode=755")
    for folder in (WORK, "/tmp", "/dev/shm"):
        os.makedirs(new + folder, exist_ok=True)
        _mount("tmpfs", new + folder, "tmpfs", _MS_NOSUID | _MS_NODEV,
               f"size={limits.scratch},nr_inodes={limits.files},mode=1777")  # fmt: skip
    for path in view.show:  # after the scratch folders: Python may be installed below one
        _bind(path, new + path)
    for path in view.hide:
        if os.path.isdir(new + path):
            _empty_over(view, path)
    for device in ("null", "random", "urandom"):  # `zero` gives shared memory that has no name
        _bind(f"/dev/{device}", f"{new}/dev/{device}", lock=False)
    _new_proc(new)
    _mount("none", new, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    os.chdir(new)
    _must(libc.pivot_root(b".", b"."), "pivot_root")
    _must(libc.umount2(b".", _MNT_DETACH), "leaving the old root")
    os.chdir(WORK)
    _drop_rights()
    refuse_calls()


def _first_to_go() -> None:
    """Where the machine has no memory left, the system ends students' processes, not the grader."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _no_names(libc: ctypes.CDLL) -> None:
    """No names of the machine and of what the grader is run by, and a keyring of its own."""
    _must(libc.sethostname(b"room", 4), "host name")
    _must(libc.setdomainname(b"room", 4), "domain name")
    libc.unshare(_NEWCGROUP)  # a hub names a user's group of processes after the user
    if (keyctl := _KEYCTL.get(platform.machine())) is not None:
        libc.syscall(ctypes.c_long(keyctl), ctypes.c_long(_JOIN_SESSION_KEYRING), None)


def _no_further_namespaces() -> None:
    """Nothing in this user namespace can make another namespace; some containers forbid saying so.

    The filter of `syscalls` refuses it, too.
    """
    for limit in glob.glob("/proc/sys/user/max_*_namespaces"):
        with contextlib.suppress(OSError):
            Path(limit).write_text("0")


def _empty_over(view: View, path: str) -> None:
    """An empty folder over `path`, with what is shown inside it put back (the wheel's data)."""
    inside = _outermost(
        p for p in view.keep if p.startswith(f"{path}/") and os.path.isdir(view.root + p)
    )
    handles = [os.open(view.root + p, os.O_PATH) for p in inside]
    _mount("tmpfs", view.root + path, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=1m,mode=755")
    for kept, handle in zip(inside, handles, strict=True):
        os.makedirs(view.root + kept)
        _mount(f"/proc/self/fd/{handle}", view.root + kept, None, _MS_BIND | _MS_REC)
        os.close(handle)
        _read_only(view.root + kept)
    _mount("none", view.root + path, None,
           _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)  # fmt: skip


def _bind(source: str, target: str, lock: bool = True) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o444))
    _mount(source, target, None, _MS_BIND | _MS_REC)
    if lock:
        _read_only(target)


class _MountAttr(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64), ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64), ("userns", ctypes.c_uint64),
    )  # fmt: skip


def _read_only(target: str) -> None:
    """Make a whole bound tree read-only (one call since Linux 5.12, its top mount before)."""
    wish = _MountAttr(_MS_RDONLY | _MS_NOSUID, 0, 0, 0)
    recursive, here = 0x8000, -100
    done = _libc().syscall(
        ctypes.c_long(_MOUNT_SETATTR), ctypes.c_int(here), target.encode(),
        ctypes.c_uint(recursive), ctypes.byref(wish), ctypes.c_size_t(ctypes.sizeof(wish)),
    )  # fmt: skip
    if done != 0:
        flags = os.statvfs(target).f_flag & (_MS_NODEV | _MS_NOEXEC)
        _mount("none", target, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | flags)


def _new_proc(new: str) -> None:
    os.makedirs(f"{new}/proc", exist_ok=True)
    try:
        _mount("proc", f"{new}/proc", "proc",
               _MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_RDONLY)  # fmt: skip
    except RoomError:  # inside some containers; then there is no /proc at all
        _mount("tmpfs", f"{new}/proc", "tmpfs", _MS_NOSUID | _MS_NODEV | _MS_RDONLY, "size=4k")


def _drop_rights() -> None:
    """Give up every capability for good; a grader who is root becomes nobody."""
    libc = _libc()
    try:
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:  # only one identity is mapped: stay, without rights
        pass
    for capability in range(64):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _must(libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "death signal")
    _must(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new rights")
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    none = (ctypes.c_uint32 * 6)()
    _must(libc.capset(ctypes.byref(head), ctypes.byref(none)), "giving up rights")
    libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # so that the supervisor can count its memory


def set_limits(limits: RoomLimits) -> None:
    """Memory, file size, processor time, processes; no core files."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        wish = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(*(() if sys.platform == "linux" else (OSError, ValueError))):
            resource.setrlimit(kind, (wish, wish))
    with contextlib.suppress(AttributeError):  # Linux alone; an account has so many for all
        resource.setrlimit(resource.RLIMIT_SIGPENDING, (_SIGNALS, _SIGNALS))
