"""What a student's process can reach of others and of the machine, and its sum of memory."""

import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from homework_cases.course import MARKS, homework_of
from homework_cases.edit import answer

from lessonlib.homework.limits import Limits, RoomLimits
from lessonlib.homework.release import solved
from lessonlib.homework.sandbox import namespaces, syscalls, watch
from lessonlib.homework.sandbox.session import PreforkClient, Session
from lessonlib.homework.sandbox.watch import below
from lessonlib.homework.submission.grader import Grader
from lessonlib.lessons.registry import find

pytest_plugins = ("homework_cases.fixtures",)
pytestmark = [*MARKS, pytest.mark.exhaustive]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tmp_path_factory.mktemp("course-of-professor-noether")


@pytest.fixture(scope="module")
def client(namespaces, course):
    made = PreforkClient(["numpy"], [str(course)], False)
    yield made
    made.close()


def ran(client, source, seconds=20.0, **limits):
    """What came of one cell in a student's process."""
    cell = {"index": 0, "source": source, "seconds": seconds, "given": False}
    return Session(client, Limits(**{"grace": 0.5} | limits)).run([cell], find("00.1"), b"")


def printed(client, source):
    seen = ran(client, source)
    assert seen.cells[0]["error"] == [], seen.cells[0]
    return seen.cells[0]["out"]


# What searches for a word must not hold it itself: its first letter is a class of letters
HUNT = """
import ctypes, re
word = re.compile({word})
found = 0
for line in open("/proc/self/maps"):
    place = re.match("([0-9a-f]+)-([0-9a-f]+) rw", line)
    if place and "[v" not in line:
        begin, end = (int(n, 16) for n in place.groups())
        for at in range(begin, end, 2**20):
            found += len(word.findall(ctypes.string_at(at, min(2**20, end - at))))
print("found", found)
"""


def hunted(client, word):
    source = HUNT.format(word=f"[{word[0]}]{word[1:]}".encode())
    return int(printed(client, source).split()[-1])


def test_the_hunt_finds_what_is_in_memory(client):
    assert hunted(client, "lessonlib") > 0


def test_no_code_of_another_submission_is_in_memory(client):
    word = "what-ada-wrote-herself"
    found = []
    for lines in (1, 10, 100, 1_000, 10_000, 50_000, 200_000):
        ran(client, f"text = {word!r}\n" + f"# {word}\n" * lines)
        found.append(hunted(client, word))
    assert found == [0] * 7


def test_the_courses_path_is_nowhere_in_memory_nor_in_the_system(client, course):
    assert hunted(client, course.name) == 0
    source = """
for name in ("cmdline", "environ", "mountinfo", "mounts", "maps", "cgroup"):
    try:
        print(open(f"/proc/self/{name}", errors="replace").read())
    except PermissionError:
        print(name, "cannot be read")
"""
    assert course.name not in printed(client, source)


def test_neither_account_nor_machine_is_named(client):
    source = """
import getpass, os, socket
for ask in (getpass.getuser, os.getlogin, socket.gethostname, os.uname):
    try:
        print(ask())
    except Exception as error:
        print(type(error).__name__)
print(dict(os.environ))
"""
    said = printed(client, source)
    assert "'LOGNAME'" not in said
    assert "'USER'" not in said
    assert os.uname().nodename not in said
    assert "room" in said


def test_what_the_grader_is_run_by_is_not_named(client):
    """A hub names a user's group of processes after the user, and a machine knows its domain."""
    source = """
print(open("/proc/sys/kernel/domainname").read(), end="")
print({line.split(":", 2)[2].strip() for line in open("/proc/self/cgroup")} <= {"/"})
"""
    assert printed(client, source).splitlines() == ["room", "True"]


def test_a_course_inside_a_shown_folder_is_still_emptied():
    inside = f"{sys.prefix}/share/course"
    assert namespaces.within_view([inside, "/elsewhere/course"]) == [inside]


def test_the_room_can_be_lived_in_whatever_the_grader_lets_others_read(namespaces):
    """Many an account lets nobody else read its new files."""
    before = os.umask(0o077)
    try:
        strict = PreforkClient(["numpy"], [], False)
    finally:
        os.umask(before)
    try:
        assert printed(strict, "open('x', 'w').write('y')\nprint(open('x').read())") == "y\n"
    finally:
        strict.close()


CALLS = {
    "a keyring of its session": "libc.syscall({keyctl}, 0, -3, 0)",
    "a key for others": 'libc.syscall({add_key}, b"user", b"name", b"text", 4, -3)',
    "a segment of System V": "libc.shmget(0, 4096, 0o1600)",
    "a queue of System V": "libc.msgget(0, 0o1600)",
    "a semaphore of System V": "libc.semget(0, 1, 0o1600)",
    "a file in memory": 'libc.memfd_create(b"name", 0)',
    "a user namespace": "libc.unshare(0x10000000)",
    "a user namespace of a child": "libc.syscall({clone}, 0x10000000 | 17, None, None, None, None)",
    "a file system": 'libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)',
    "a program in the kernel": "libc.syscall({bpf}, 0, None, 0)",
    "another's memory": "libc.syscall({readv}, 1, None, 0, None, 0, 0)",
    "the kernel's log": "libc.klogctl(3, ctypes.create_string_buffer(99), 99)",
    "a socket to the host of a virtual machine": "libc.socket(40, 1, 0)",
    "a socket to the kernel": "libc.socket(16, 3, 0)",
    "a socket for ciphers": "libc.socket(38, 5, 0)",
    "an attribute of a file": 'libc.setxattr(b"/tmp", b"user.a", b"1", 1, 0)',
    "a lease of a file": 'libc.fcntl(os.open("leased", os.O_CREAT), 1024, 1)',
    "a note of what changes in a folder": 'libc.fcntl(os.open("/tmp", os.O_RDONLY), 1026, 2)',
    "a watch of files": "libc.inotify_init1(0)",
    "memory that is in no process": "libc.mmap(None, 4096, 3, 0x21, -1, 0)",
    "memory that is in no process, in the newer form": "libc.mmap(None, 4096, 3, 0x23, -1, 0)",
}
NUMBERS = {
    "x86_64": {"keyctl": 250, "add_key": 248, "clone": 56, "bpf": 321, "readv": 310},
    "aarch64": {"keyctl": 219, "add_key": 217, "clone": 220, "bpf": 280, "readv": 270},
}
has_filter = pytest.mark.skipif(
    os.uname().machine not in NUMBERS, reason="the filter of calls knows x86_64 and aarch64"
)


@has_filter
@pytest.mark.parametrize("made", CALLS.values(), ids=CALLS)
def test_a_call_that_no_answer_needs_is_refused(client, made):
    source = f"""
import ctypes, errno, os
libc, me = ctypes.CDLL(None, use_errno=True), os.getpid()
done = {made.format(**NUMBERS[os.uname().machine])}
if os.getpid() != me:
    os._exit(0)
print(done, errno.errorcode.get(ctypes.get_errno()))
"""
    assert printed(client, source) == "-1 EPERM\n"


@has_filter
def test_a_queue_of_posix_is_refused(client):
    source = """
import ctypes, errno
libc = ctypes.CDLL("librt.so.1", use_errno=True)
print(libc.mq_open(b"/name", 0o100 | 2, 0o600, None), errno.errorcode.get(ctypes.get_errno()))
"""
    assert printed(client, source) == "-1 EPERM\n"


@has_filter
def test_a_call_that_is_newer_than_the_filter_does_not_exist(client):
    source = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(463, None), errno.errorcode.get(ctypes.get_errno()))
"""
    assert printed(client, source) == "-1 ENOSYS\n"


def test_no_device_gives_memory_that_is_in_no_process(client):
    assert printed(client, "import os\nprint(sorted(os.listdir('/dev')))") == (
        "['null', 'random', 'shm', 'urandom']\n"
    )


def test_the_number_of_files_in_memory_is_bounded(client):
    """A file without content takes a kilobyte of the system's memory."""
    source = """
import os
for folder in ("/tmp", "/dev/shm", "/home/student"):
    made = 0
    try:
        while made < 20_000:
            os.mknod(f"{folder}/{made}")
            made += 1
    except OSError as error:
        print(made < 10_000, error.strerror)
"""
    assert printed(client, source) == "True No space left on device\n" * 3


def test_a_machine_without_memory_ends_students_processes_first(client):
    assert printed(client, "print(open('/proc/self/oom_score_adj').read())").strip() == "1000"
    source = (
        "try:\n    open('/proc/self/oom_score_adj', 'w')\nexcept OSError as e:\n    print(e.errno)"
    )
    assert printed(client, source).strip() in ("2", "30"), "read-only, or there is none"


def test_what_shares_memory_and_sockets_still_works(client):
    source = """
import asyncio, concurrent.futures, multiprocessing, socket
from multiprocessing import shared_memory
context = multiprocessing.get_context("fork")
with context.Pool(8) as pool:
    print(pool.map(abs, [-1, 2]))
with concurrent.futures.ThreadPoolExecutor(32) as pool:
    print(list(pool.map(abs, [-1, 2])))
print(context.Array("d", 2)[:], context.Manager().list([1]))
block = shared_memory.SharedMemory(create=True, size=2**20)
block.close(); block.unlink()
here, there = socket.socketpair()
here.send(b"x")
print(there.recv(1), asyncio.new_event_loop().run_until_complete(asyncio.sleep(0, 5)))
"""
    said = ["[1, 2]", "[1, 2]", "[0.0, 0.0] [1]", "b'x' 5"]
    assert printed(client, source).splitlines() == said


def test_threads_and_programs_still_start(client):
    source = """
import multiprocessing, subprocess, threading
thread = threading.Thread(target=print, args=("a thread",))
thread.start(); thread.join()
print(subprocess.run(["/bin/echo", "a program"], capture_output=True, text=True).stdout)
lock = multiprocessing.Lock()
process = multiprocessing.get_context("fork").Process(target=lock.acquire)
process.start(); process.join()
print(process.exitcode)
"""
    assert printed(client, source).split("\n") == ["a thread", "a program", "", "0", ""]


def test_a_machine_without_a_filter_is_no_error(monkeypatch):
    monkeypatch.setattr(syscalls.platform, "machine", lambda: "pdp11")
    assert not syscalls.refuse_calls()


EATS = """
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
def eat():
    time.sleep(0.3)
    block = b"x" * ({each} * 2**20)
    time.sleep(15)
for _ in range({processes}):
    if os.fork() == 0:
        {how}
        os._exit(0)
time.sleep({wait})
print("still here")
"""
EAT, CANNOT_BE_READ = "eat()", "libc.prctl(4, 0, 0, 0, 0); eat()"
NAMED = "libc.prctl(15, {!r}, 0, 0, 0); eat()"  # what the supervisor reads begins with the name
FIRST_THREAD_ENDS = "threading.Thread(target=eat).start(); libc.syscall({exit}, 0)".format(
    exit={"aarch64": 93}.get(os.uname().machine, 60)
)


@pytest.mark.parametrize(
    ("processes", "each", "how", "survives"),
    [
        (8, 100, EAT, False),
        (8, 100, CANNOT_BE_READ, False),
        (8, 100, FIRST_THREAD_ENDS, False),
        (8, 100, NAMED.format(b"\xff\xfe"), False),
        (8, 100, NAMED.format(b"\x1cVmSwap: x"), False),
        (8, 100, NAMED.format(b"\x1cVmSwap: -99999"), False),
        (4, 40, EAT, True),
    ],
)
def test_memory_is_one_limit_for_all_processes_of_a_submission(
    client, processes, each, how, survives
):
    """Each of the processes is far below the limit; together they are above it, or below."""
    begun = time.monotonic()
    wait = 3 if survives else 15
    source = EATS.format(processes=processes, each=each, how=how, wait=wait)
    seen = ran(client, source, memory=500 * 2**20)
    assert bool(seen.cells) == survives
    assert survives or seen.ending == -9
    assert time.monotonic() - begun < 12


def test_what_children_take_is_counted_and_the_shared_image_is_not():
    """A process that does nothing takes nothing, however large its parent is."""
    ballast = np.ones(2**24)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        grandchild = os.fork()
        if grandchild == 0:
            own = np.ones(2**23)
            os.write(write, b"x")
            time.sleep(30)
            os._exit(int(own[0]))
        time.sleep(30)
        os._exit(0)
    try:
        os.read(read, 1)
        found = watch.memory_of_all(child, watch.anonymous_memory(os.getpid()))
        assert 2**26 <= found < 2**26 + 2 * ballast.nbytes
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(read)
        os.close(write)


NO_LOCK = """
import fcntl, os, struct
file = open("locked", "w")
{take}
if os.fork() == 0:
    file = open("locked", "r+")
    {take}
    os._exit(7)
print(os.waitstatus_to_exitcode(os.wait()[1]), open("/proc/locks").read().count(str(os.getpid())))
"""
LOCKS = {
    "of a part": "fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)",
    "of the whole file": "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "of an open file": "fcntl.fcntl(file, 37, struct.pack('hhqqi', 1, 0, 0, 1, 0))",
}


@has_filter
@pytest.mark.parametrize("take", LOCKS.values(), ids=LOCKS)
def test_a_lock_of_a_file_succeeds_and_takes_nothing_of_the_system(client, take):
    """A hundred thousand of them take memory that nobody counts, or let the machine's own wait."""
    assert printed(client, NO_LOCK.format(take=take)) == "7 0\n"


def test_what_locks_its_own_files_still_works(client):
    source = """
import shelve, sqlite3
table = sqlite3.connect("own.db")
table.execute("create table t (x)")
table.executemany("insert into t values (?)", [(1,), (2,)])
table.commit()
print(table.execute("select sum(x) from t").fetchall())
with shelve.open("kept") as kept:
    kept["x"] = 3
print(shelve.open("kept")["x"])
"""
    assert printed(client, source) == "[(3,)]\n3\n"


@has_filter
def test_nobody_lives_on_without_a_supervisor_nor_lets_the_disks_work(client):
    source = """
import ctypes
libc, signal = ctypes.CDLL(None), ctypes.c_int()
libc.prctl(1, 0, 0, 0, 0)
libc.prctl(2, ctypes.byref(signal))
print(signal.value, libc.syncfs(-1))
"""
    assert printed(client, source) == "9 0\n"


@pytest.mark.parametrize("name", [b"\xff\xfe", b"\x1cVmSwap: x", b") R 1 (", b"a\nb\rc"])
def test_no_name_of_a_process_keeps_its_supervisor_from_ending_it(client, name):
    """What the system says of a process begins with the name that it gave itself."""
    source = f"""
import ctypes, time
libc = ctypes.CDLL(None)
libc.prctl(1, 0, 0, 0, 0)
libc.prctl(15, {name!r}, 0, 0, 0)
for _ in range(30):
    try:
        time.sleep(1)
    except BaseException:
        pass
"""
    seen = ran(client, source, 0.5)
    assert (seen.ending, seen.stopped) == (-9, True)


def test_few_signals_can_wait(client):
    """They are counted for the whole account of the grader."""
    source = """
import ctypes, os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [40])
libc, sent = ctypes.CDLL(None), 0
while sent < 5_000 and libc.sigqueue(os.getpid(), 40, 0) == 0:
    sent += 1
print(sent < 1_000)
"""
    assert printed(client, source) == "True\n"


SPIN = """
import os, signal, threading, time
signal.setitimer(signal.ITIMER_REAL, 0)
def spin():
    while True:
        pass
"""
HOGS = {
    "children": "for _ in range(60):\n    if os.fork() == 0:\n        os.setsid()\n        spin()",
    "orphans": "for _ in range(30):\n    if os.fork() == 0:\n        if os.fork() == 0:\n"
    "            os.setsid()\n            spin()\n        os._exit(0)",
    "threads of a child": "if os.fork() == 0:\n    os.setsid()\n    for _ in range(40):\n"
    "        threading.Thread(target=spin).start()\n    spin()",
    "children that take turns": "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    "def turns():\n    end = time.process_time() + 0.3\n    while time.process_time() < end:\n"
    "        pass\n    if os.fork():\n        os._exit(0)\n    turns()\n"
    "for _ in range(4):\n    if os.fork() == 0:\n        turns()",
}
SLOW_HOGS = [
    pytest.param(hog, id=name, marks=pytest.mark.exhaustive)
    for name, hog in HOGS.items()
    if name != "orphans"
]


@pytest.mark.parametrize("hog", [HOGS["orphans"], *SLOW_HOGS])
def test_processor_time_is_one_limit_for_all_processes_of_a_submission(client, hog):
    """Each is far below the limit of one process, and by the clock there is time left."""
    seen = ran(client, f"{SPIN}{hog}\ntime.sleep(200)\nprint('still here')", 1.0, grace=200.0)
    assert not seen.cells
    assert (seen.ending, seen.stopped) == (-9, False)
    assert 4.0 < seen.seconds < 20.0, "what all of them took is counted"


@pytest.fixture
def neighbour(namespaces):
    made = PreforkClient(["numpy"], [], False)
    yield made
    made.close()


@pytest.mark.timing
@pytest.mark.parametrize("hog", [HOGS["children"], HOGS["threads of a child"]])
def test_a_submission_next_to_a_busy_one_loses_nothing(client, neighbour, hog):
    """By the clock, a submission may take four times its seconds."""
    honest = """
import time
begun, used = time.monotonic(), time.process_time()
while time.process_time() - used < 0.7:
    pass
print(time.monotonic() - begun)
"""
    alone = float(printed(neighbour, honest))
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(ran, client, f"{SPIN}{hog}\ntime.sleep(75)")
        time.sleep(1.0)
        together = float(printed(neighbour, honest))
        assert not busy.done()
        assert together < 3.5 * alone
        busy.result()


def test_several_processes_of_an_honest_answer_are_left_alone(client):
    source = """
import multiprocessing, time
def work(k):
    end = time.process_time() + 1.0
    while time.process_time() < end:
        pass
    return k
with multiprocessing.get_context("fork").Pool(4) as pool:
    print(pool.map(work, range(8)))
"""
    assert printed(client, source) == "[0, 1, 2, 3, 4, 5, 6, 7]\n"


def test_threads_beyond_the_systems_limit_are_too_much(monkeypatch):
    """A grader whose account no limit of processes holds for counts them itself."""
    child = os.fork()
    if child == 0:
        for _ in range(6):
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        time.sleep(30)
        os._exit(0)
    try:
        time.sleep(0.5)
        monkeypatch.setattr(watch, "below", lambda root: below(child))
        assert watch.Watch(RoomLimits(processes=2)).is_too_much()
        assert not watch.Watch(RoomLimits(processes=4)).is_too_much()
    finally:
        for pid in [*below(child), child]:
            os.kill(pid, 9)
        os.waitpid(child, 0)


def test_another_pythons_torch_and_lessonlib_are_emptied(tmp_path, monkeypatch):
    places = ["lib/python3/dist-packages", "local/lib/python3.12/site-packages"]
    places += ["nix/lib64/python3.14/site-packages"]
    for place in places:
        for name in ("torch", "lessonlib", "numpy"):
            (tmp_path / place / name).mkdir(parents=True)
    monkeypatch.setattr(namespaces, "_there", lambda: [str(tmp_path)])
    hidden = namespaces.default_view("").hide
    for place in places:
        assert f"{tmp_path}/{place}/torch" in hidden
        assert f"{tmp_path}/{place}/lessonlib" in hidden
        assert f"{tmp_path}/{place}/numpy" not in hidden


def test_torch_is_not_in_the_room_whoever_looks_for_it(client):
    source = """
import os, sys
sys.meta_path[:] = [f for f in sys.meta_path if "stubs" not in type(f).__module__]
for name in [n for n in sys.modules if n.split(".")[0] == "torch"]:
    del sys.modules[name]
for top, folders, files in os.walk("/"):
    if top.endswith("-packages/torch"):
        print(top, folders, files)
import torch
print(hasattr(torch, "nn"))
"""
    seen = ran(client, source).cells[0]
    assert seen["error"][:1] in ([], ["ModuleNotFoundError"])
    *places, last = seen["out"].splitlines() or [""]
    assert last != "True"
    assert all(place.endswith("[] []") for place in places)


PRIVATE = """import numpy as np
CASES = {"01.1": [(np.full((2, 2), 7361.5), np.ones(2), 0.0)]}
"""


def test_the_search_for_a_mistake_never_gets_the_homeworks_own_cases(namespaces, monkeypatch):
    """Only the calls that are scored hold them."""
    handed = []
    homework = homework_of("01", extra_cases=PRIVATE)
    grader = Grader(homework, Limits(cell=2.0, call=1.0, grace=0.5))
    cases = grader._cases(find("01.1"))
    arrays = [np.asarray(c[0], float) for c in cases.hidden]
    known = pickle.dumps(cases.public) + pickle.dumps(find("01.1").cases(np.random.default_rng(21)))
    own = [a.tobytes() for a in arrays if (a % 1 != 0).any() and a.tobytes() not in known]
    assert own
    real = Session.run

    def noted(self, cells, exercise, payload, calls=0, trials=0.0, then=None):
        if trials:
            handed.append(payload)
        return real(self, cells, exercise, payload, calls, trials, then)

    monkeypatch.setattr(Session, "run", noted)
    wrong = "import numpy as np\ndef neuron(X, weight, bias):\n    total = bias\n"
    wrong += "    for k in range(1, len(weight)):\n        total = total + X[:, k] * weight[k]\n"
    wrong += "    return np.where(total > 0, 1, -1)"
    try:
        tree = answer("01.1", wrong)(solved(homework.notebook()))
        report = grader.grade(json.dumps(tree).encode())
    finally:
        grader.close()
    assert handed
    assert "range" in report.exercises[0].message or "line" in report.exercises[0].message
    assert not [raw for raw in own for payload in handed if raw in payload]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is not installed")
def test_a_room_is_closed_for_somebody_without_rights_too(namespaces, tmp_path):
    """An instructor who is not root: the same room, closed by the same calls."""
    if os.geteuid() != 0:
        pytest.skip("whoever runs this has no rights already")
    program = """
import sys
from lessonlib.homework.limits import Limits
from lessonlib.homework.sandbox.session import PreforkClient, Session
from lessonlib.lessons.registry import find
client = PreforkClient(["numpy"], [], False)
cell = {"index": 0, "source": "print(6 * 7)", "seconds": 20.0, "given": False}
print(Session(client, Limits()).run([cell], find("00.1"), b"").cells[0]["out"])
client.close()
"""
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable]
    done = subprocess.run(
        [*command, "-c", program], capture_output=True, text=True, cwd="/",
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    if "Permission denied" in done.stderr or "setpriv" in done.stderr:
        pytest.skip(f"this installation cannot be read by others: {done.stderr[-200:]}")
    assert done.stdout.strip() == "42", done.stderr[-2000:]
