"""The sections of docs/benchmarks.md, which tools/benchmarks.py puts together."""
