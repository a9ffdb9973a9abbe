"""The benchmark: `python -m tests.bench` (see docs/benchmarks.md for what it measures)."""
