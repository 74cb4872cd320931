"""Measures what a short separation costs beside its arithmetic, and a long one keeps.

    python -m studies.benchmarks.start_up               # 4 s at 8 kHz, each runtime
    python -m studies.benchmarks.start_up --minutes=60  # and stereo at 44.1 kHz, LiteRT

Each is a process of its own: processor time, wall time and peak memory as the system
counts them. The floor is the import of what LiteRT needs, and the arithmetic the second
run of an open model.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import soundfile

from zoo.documents import print_table

FLOOR = "import numpy, soundfile, ai_edge_litert.interpreter"
ARITHMETIC = """
import time, numpy as np
from zoo.presets.runtimes import load_for
separator = load_for("litert", "complex_unet_small_8k")
mixture = np.random.default_rng(0).normal(size=32000).astype("float32")
separator.separate_chunk(mixture)
start = time.process_time()
separator.separate_chunk(mixture)
print(time.process_time() - start)
"""


def measured(*command):
    """Runs a Python program; returns processor and wall seconds, MB and its output."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True
    )
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed.")
    # Linux counts in KiB.
    memory = usage.ru_maxrss * 1024 / 1e6
    wall = time.perf_counter() - start
    return usage.ru_utime + usage.ru_stime, wall, memory, output


def noise(path, seconds, rate, channels):
    generator = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", rate, channels) as file:
        for _ in range(seconds):
            file.write(0.1 * generator.normal(size=(rate, channels)))


def row(name, cost):
    return name, f"{cost[0]:.2f}", f"{cost[1]:.2f}", f"{cost[2]:.0f}"


def rows(minutes):
    with tempfile.TemporaryDirectory() as folder:
        noise(f"{folder}/short.wav", 4, 8000, 1)
        yield row("floor", measured("-c", FLOOR))
        arithmetic = float(measured("-c", ARITHMETIC)[3])
        yield "arithmetic of 4 s", f"{arithmetic:.2f}", "", ""
        separate = ["-m", "zoo.separate", f"--output_dir={folder}", "--overwrite"]
        for runtime in ("litert", "keras"):
            command = [*separate, f"--runtime={runtime}", f"{folder}/short.wav"]
            yield row(f"4 s, --runtime={runtime}", measured(*command))
        if minutes:
            noise(f"{folder}/long.wav", 60 * minutes, 44100, 2)
            command = [*separate, "--runtime=litert", f"{folder}/long.wav"]
            yield row(f"{minutes} min, --runtime=litert", measured(*command))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=0)
    columns = ("", "processor, s", "wall, s", "peak, MB")
    print_table(columns, rows(parser.parse_args().minutes), "lrrr")


if __name__ == "__main__":
    main()
