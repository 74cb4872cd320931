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
    """Prints one line of JSON for each case that the command line names, or for all.

    Args:
        library: Name and version.
        cases: For each name a function that returns two functions to time, forward,
            and forward with all gradients.
    """
    names = sys.argv[1].split(",") if len(sys.argv) > 1 else list(cases)
    for name in names:
        if name not in cases:
            continue
        try:
            forward, step = cases[name]()
            line = {"forward": milliseconds(forward), "step": milliseconds(step)}
        except Exception:
            line = {"error": traceback.format_exc().strip().splitlines()[-1][:200]}
        line.update(library=library, case=name)
        print(json.dumps(line), flush=True)
