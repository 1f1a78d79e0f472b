"""What Liren costs: CPU milliseconds per piece of work, against a floor measured in the same run.

python -m benchmarks --records 10000
"""
