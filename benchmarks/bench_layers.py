"""The layers in NumPy against torch: a table of ratios from one run.

    python -m benchmarks.bench_layers               everything, a few minutes
    python -m benchmarks.bench_layers --quick       few rounds, one thread, short sweep
    python -m benchmarks.bench_layers --only LSTM GRU --threads 1

The number of threads of a BLAS is read once, when it is loaded: each setting has its own process.
There both sides choose the processor's instructions by themselves: variables that force them are
left out, and a second table shows what they do.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
from typing import Any

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
FORCING_VARIABLES = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "NPY_DISABLE_CPU_FEATURES",
    "ATEN_CPU_CAPABILITY",
    "DNNL_MAX_CPU_ISA",
    "ONEDNN_MAX_CPU_ISA",
    "MKL_ENABLE_INSTRUCTIONS",
)


def main() -> None:
    """Run the jobs, each in processes of its own, and print their tables."""
    options = parse()
    if options.worker:
        settle_memory()
        print(json.dumps(JOBS[options.worker](options)))
        return
    for n in [1] if options.quick else options.threads:
        print_times(n, in_process("times", n, options))
    if forced := forcing_variables():
        print("This shell sets", *(f"{key}={value}" for key, value in forced.items()), end="\n\n")
        print_times(1, in_process("times", 1, options, **forced))
    print_peaks(in_process("memory", 1, options))
    if not options.only or "tape" in options.only:
        print_tape(in_process("tape", 1, options))
    print_sweep(in_process("sweep", 1, options))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench_layers", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, one thread")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="parts of names")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--worker", choices=sorted(JOBS), help=argparse.SUPPRESS)
    return parser.parse_args()


# -- in the processes that measure -----------------------------------------------------------------


def in_process(job: str, threads: int, options: argparse.Namespace, **variables: str) -> Any:
    """Run one job in a process of its own with that many threads; return its answer."""
    command = [sys.executable, "-m", "benchmarks.bench_layers", "--worker", job]
    command += ["--threads", str(threads), "--rounds", str(options.rounds)]
    command += ["--quick"] if options.quick else []
    command += ["--only", *options.only] if options.only else []
    free = {key: value for key, value in os.environ.items() if key not in forcing_variables()}
    environment = free | dict.fromkeys(THREAD_VARIABLES, str(threads)) | variables
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def settle_memory() -> None:
    """Start where a training loop is after its first steps: on both sides, freed memory stays."""
    from lessonlib.training import keep_freed_memory

    keep_freed_memory()


def forcing_variables() -> dict[str, str]:
    """Variables set here that make a library use other instructions than it would choose."""
    return {key: os.environ[key] for key in FORCING_VARIABLES if key in os.environ}


def chosen(options: argparse.Namespace) -> list[Any]:
    """The workloads asked for; sets the threads of torch."""
    import torch

    from benchmarks.workloads import WORKLOADS

    torch.set_num_threads(options.threads[0])
    return [w for w in WORKLOADS if not options.only or any(o in w.name for o in options.only)]


def settings(options: argparse.Namespace) -> tuple[int, float]:
    """Rounds, and seconds each of them lasts at least."""
    return (3, 0.0) if options.quick else (options.rounds, 0.01)


def times(options: argparse.Namespace) -> dict[str, Any]:
    """Median times of every workload, and the speed of the matrix product."""
    from benchmarks.measure import interleaved, matmul_gflops

    rows = []
    for workload in chosen(options):
        ours, theirs = interleaved(*workload.at(), *settings(options))
        flops = workload.count_flops()
        rows.append(
            {
                "name": workload.name,
                "sizes": workload.sizes,
                "goal": workload.goal,
                "numpy": ours,
                "torch": theirs,
                "gflops": flops and flops / ours / 1e9,
            }
        )
    return {"rows": rows, "peak": matmul_gflops(options.rounds), "kernels": kernels()}


def kernels() -> str:
    """Which machine instructions the two sides chose: they need not agree on one processor."""
    import torch
    from threadpoolctl import threadpool_info

    blas = next((i for i in threadpool_info() if i["user_api"] == "blas"), {})
    ours = f"{blas.get('internal_api', 'unknown BLAS')} {blas.get('architecture', '')}".strip()
    return f"NumPy {ours}, torch {torch.backends.cpu.get_cpu_capability()}"


def memory(options: argparse.Namespace) -> list[dict[str, Any]] | None:
    """Peak memory of every workload on both sides; None where it cannot be measured."""
    from benchmarks.measure import can_measure_memory, peak_megabytes

    if not can_measure_memory():
        return None
    rows = []
    for workload in chosen(options):
        peaks = [
            peak_megabytes(lambda small, w=workload, i=i: (w.smallest() if small else w.at())[i])
            for i in (0, 1)
        ]
        rows.append({"name": workload.name, "peaks": peaks})
    return rows


def tape(options: argparse.Namespace) -> dict[str, Any]:
    """Times of the scalar tape and of micrograd, or why they are missing."""
    from benchmarks.measure import interleaved
    from benchmarks.tape import runs

    try:
        rounds = 1 if options.quick else 9
        return {
            # nobody pays for the garbage that the other left
            state: interleaved(*runs(collect), rounds, 0.0, before=gc.collect)
            for state, collect in (("as used", True), ("collector off", False))
        }
    except ImportError:
        return {"skipped": "micrograd is not installed (pip install micrograd)"}


def sweep(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Exponents of the growth with each size."""
    from benchmarks.measure import exponent, interleaved

    rows = []
    for workload in chosen(options)[:: 5 if options.quick else 1]:
        for axis, sizes in workload.sweep.items():
            measured = [interleaved(*workload.at(**{axis: n}), 3, 0.0) for n in sizes]
            ours, theirs = zip(*measured, strict=True)
            fits = [exponent(sizes, list(seconds)) for seconds in (ours, theirs)]
            rows.append({"name": workload.name, "axis": axis, "sizes": sizes, "exponents": fits})
    return rows


JOBS = {"times": times, "memory": memory, "tape": tape, "sweep": sweep}


# -- the tables ------------------------------------------------------------------------------------


def print_times(threads: int, timed: dict[str, Any]) -> None:
    """The table of times, ratios, goals and shares."""
    print("Time of one forward and backward pass, float32: median of rounds in turns\n")
    peak = timed["peak"]
    print(f"{threads} thread{'s' * (threads > 1)}; kernels: {timed['kernels']}; ", end="")
    print(f"NumPy's own matrix product {peak:.0f} GFLOP/s")
    print(f"{'workload':<27}{'sizes':<38}{'NumPy ms':>9}{'torch ms':>9}{'ratio':>7}", end="")
    print(f"{'goal':>6}  {'':4}{'GFLOP/s':>8}{'share':>7}")
    for row in timed["rows"]:
        sizes = " ".join(f"{key} {value}" for key, value in row["sizes"].items())
        ratio = row["numpy"] / row["torch"]
        verdict = "met" if ratio <= row["goal"] else "MISS"
        print(f"{row['name']:<27}{sizes:<38}{1e3 * row['numpy']:9.2f}", end="")
        print(f"{1e3 * row['torch']:9.2f}{ratio:7.2f}{row['goal']:6.2f}  {verdict:4}", end="")
        speed = row["gflops"]
        print(f"{speed:8.1f}{speed / peak:7.0%}" if speed else f"{'-':>8}{'-':>7}")
    print()


def print_peaks(rows: list[dict[str, Any]] | None) -> None:
    """The table of peak memory."""
    if rows is None:
        print("Peak memory: not measured, only Linux can reset a process's peak\n")
        return
    print("Peak memory above model and data, 10^6 bytes, one thread (VmHWM of a fork)\n")
    print(f"{'workload':<27}{'NumPy':>9}{'torch':>9}{'ratio':>7}")
    for row in rows:
        ours, theirs = row["peaks"]
        ratio = f"{ours / theirs:7.2f}" if theirs else f"{'-':>7}"
        print(f"{row['name']:<27}{ours:9.1f}{theirs:9.1f}{ratio}")
    print()


def print_tape(result: dict[str, Any]) -> None:
    """The comparison of the scalar tapes."""
    if "skipped" in result:
        print(f"Scalar tape: not compared, {result['skipped']}\n")
        return
    print("Scalar tape, 2-16-16-1, 100 points, against micrograd; goal 0.40\n")
    for state, (ours, theirs) in result.items():
        print(f"{state:<16}{1e3 * ours:9.1f} ms{1e3 * theirs:9.1f} ms{ours / theirs:7.2f}")
    print()


def print_sweep(rows: list[dict[str, Any]]) -> None:
    """The table of exponents."""
    if not rows:
        return
    print("Growth: time ~ size^k, one thread\n")
    print(f"{'workload':<27}{'axis':<8}{'sizes':<24}{'k NumPy':>8}{'k torch':>8}")
    for row in rows:
        ours, theirs = row["exponents"]
        sizes = " ".join(map(str, row["sizes"]))
        print(f"{row['name']:<27}{row['axis']:<8}{sizes:<24}{ours:8.2f}{theirs:8.2f}")


if __name__ == "__main__":
    main()
