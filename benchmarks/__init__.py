"""What using this library costs. `python -m benchmarks` prints one table; each measurement is a fresh process."""
