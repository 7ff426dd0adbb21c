"""Measurements that are ratios in one run: `python -m benchmarks.bench_layers`, see README.md."""
