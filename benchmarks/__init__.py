"""Speed and memory, measured beside what people would use instead. `python benchmarks/run.py` prints the table."""
