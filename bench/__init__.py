"""Measurements that tests may not make: times on a shared machine are no verdicts."""
