"""Times a TFLite file; run by path, so that nothing but LiteRT is loaded.

Prints JSON: seconds of the first run and of the others, peak memory in GiB.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np


def main() -> None:
    # Here, so that the benchmark can import this module without LiteRT.
    from ai_edge_litert.interpreter import Interpreter

    path, threads, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    interpreter = Interpreter(model_path=path, num_threads=threads)
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()[0]
    mixture = np.random.default_rng(0).normal(size=details["shape"])
    interpreter.set_tensor(details["index"], mixture.astype("float32"))
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - start)
    print(json.dumps({"times": times, "peak": peak_memory()}))


def peak_memory() -> float:
    """Returns the peak resident memory of this process, in GiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # `getrusage` would count what the parent had when it started this one.
        (line,) = (n for n in status.read_text().splitlines() if "VmHWM" in n)
        return int(line.split()[1]) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if sys.platform == "darwin" else 2**20)


if __name__ == "__main__":
    main()
