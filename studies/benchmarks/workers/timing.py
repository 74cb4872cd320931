"""The stopwatch that all workers share. It imports no framework."""

import json
import statistics
import sys
import time
import traceback

SECONDS = 0.3
LEAST_RUNS = 5


def milliseconds(run):
    """Times a function after two calls that warm it up; returns minimum and median."""
    run()
    run()
    times = []
    end = time.perf_counter() + SECONDS
    while len(times) < LEAST_RUNS or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return [min(times), statistics.median(times)]


def report(library, cases):
    """Times the cases that standard input names, one a line.

    For each line there is one of JSON. A case that is named again is not built again.

    Args:
        library: Name and version.
        cases: For each name a function that returns two functions to time, forward,
            and forward with all gradients.
    """
    built, functions = None, None
    print(json.dumps({"library": library, "cases": list(cases)}), flush=True)
    for name in map(str.strip, sys.stdin):
        try:
            if name != built:
                built = functions = None  # Frees the last case first.
                functions, built = cases[name](), name
            forward, step = functions
            line = {"forward": milliseconds(forward), "step": milliseconds(step)}
        except Exception:
            line = {"error": traceback.format_exc().strip().splitlines()[-1][:200]}
        print(json.dumps(line), flush=True)
