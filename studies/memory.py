"""Memory of this process."""

import resource
import sys
from pathlib import Path


def peak_memory() -> float:
    """Returns the peak resident memory of this process, in GiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # `getrusage` would count what the parent had when it started this one.
        (line,) = (n for n in status.read_text().splitlines() if "VmHWM" in n)
        return int(line.split()[1]) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if sys.platform == "darwin" else 2**20)
