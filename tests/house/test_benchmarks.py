"""The benchmarks compare equal work, and the command runs. No time is asserted here."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import bench_layers, measure, tape
from benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_both_sides_do_the_same_work(workload):
    ours, theirs = workload.at(batch=4)
    # three calls: in training steps the second and third see what backward and the optimizer did
    for _ in range(3):
        assert ours() == pytest.approx(theirs(), rel=2e-3, abs=1e-5)


def test_workloads_cover_the_goals():
    names = " ".join(workload.name for workload in WORKLOADS)
    for part in ("MLP", "CNN", "Conv2d", "MaxPool", "RNN", "LSTM", "GRU", "attention", "GPT"):
        assert part in names
    for part in ("BatchNorm2d", "LayerNorm", "cross-entropy"):
        assert part in names


def test_variables_that_force_instructions_are_left_out(monkeypatch):
    """A shell that holds one of the two sides to older instructions would decide the ratios."""
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    seen = []

    def run(command, env, **options):
        seen.append(env)
        return subprocess.CompletedProcess(command, 0, stdout="{}")

    monkeypatch.setattr(bench_layers.subprocess, "run", run)
    options = argparse.Namespace(rounds=1, quick=True, only=[])
    bench_layers.in_process("times", 2, options)
    bench_layers.in_process("times", 1, options, **bench_layers.forcing_variables())
    free, forced = seen
    assert "OPENBLAS_CORETYPE" not in free
    assert free["OMP_NUM_THREADS"] == "2"
    assert forced["OPENBLAS_CORETYPE"] == "Haswell"


def test_both_tapes_compute_the_same():
    pytest.importorskip("micrograd", reason="micrograd is no dependency; the tape runs without it")
    ours, theirs = tape.runs(collect=True)
    assert ours() == pytest.approx(theirs(), rel=1e-12)


def test_our_tape_computes_the_network_of_the_benchmark():
    run = tape.make_run(tape.Value)
    assert run() == run() > 0


def test_interleaved_times_are_medians_of_both():
    calls = {"one": 0, "other": 0, "before": 0}

    def count(name):
        calls[name] += 1

    times = measure.interleaved(
        lambda: count("one"), lambda: count("other"), 5, 0.0, lambda: count("before")
    )
    assert calls["one"] == calls["other"] == 2 + 1 + 5
    assert calls["before"] == 10
    assert all(0 < seconds < 1 for seconds in times)


def test_exponent_of_a_known_law():
    sizes = [10, 20, 40]
    assert measure.exponent(sizes, [3.0 * n**1.5 for n in sizes]) == pytest.approx(1.5)


def test_peak_memory_sees_an_array():
    if not measure.can_measure_memory():
        pytest.skip("only Linux can reset a process's peak memory")

    code = """
import numpy as np
from benchmarks.measure import peak_megabytes

def build(small):
    return lambda: np.ones(10 if small else 5_000_000).sum()  # 40 MB, freed at once

print(peak_megabytes(build))
"""
    # In a process of its own: memory that earlier tests gave back would serve the array.
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert 35 < float(done.stdout) < 60


@pytest.mark.exhaustive
def test_the_command_prints_its_tables():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_layers", "--quick", "--only", "RNN", "tape"],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_CORETYPE": "Haswell"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("RNN 64-128") >= 3  # chosen, forced, memory
    assert "This shell sets OPENBLAS_CORETYPE=Haswell" in done.stdout
    assert "GFLOP/s" in done.stdout
    assert "Peak memory" in done.stdout
    assert "Scalar tape" in done.stdout
    assert "Growth" in done.stdout
    assert "CNN" not in done.stdout
