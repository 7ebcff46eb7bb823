"""Benchmarks beside peers and limits; never part of the tests. docs/performance.md says what each measures."""
