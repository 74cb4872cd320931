"""Memory and threads of processes that are measured."""

import resource
import sys
from pathlib import Path


def measured_environment(threads: int) -> dict[str, str]:
    """Returns variables for a process that is measured, with so many threads."""
    return {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": str(threads),
        # What is freed stays with the process: page faults cost more than the
        # arithmetic of small layers.
        "MALLOC_TRIM_THRESHOLD_": "4000000000",
        "MALLOC_MMAP_THRESHOLD_": "4000000000",
    }


def peak_memory() -> float:
    """Returns the peak resident memory of this process, in GiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # `getrusage` would count what the parent had when it started this one.
        (line,) = (n for n in status.read_text().splitlines() if "VmHWM" in n)
        return int(line.split()[1]) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if sys.platform == "darwin" else 2**20)
