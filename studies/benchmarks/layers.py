"""Times every kind of layer against real layers and the complex ones of peers.

Each library runs in a process of its own, in the interpreter that has it. All of them
time one layer in turns before the next, so that a busy moment of the machine does not
fall on one of them alone. The table in
docs/speed.md is written by

    python -m studies.benchmarks.layers --output=docs/speed.md \
        --torch=A/bin/python --keras_complex=B/bin/python --cvnn=C/bin/python

where A has torch and complextorch, B has TensorFlow 2.17 and keras-complex 0.4.0, and
C has cvnn 2.0, TensorFlow 2.15 and tensorflow-probability 0.23.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from absl import app, flags

from zoo.documents import markdown_table

WORKERS = Path(__file__).with_name("workers")
OURS, REAL = "keras_complex_zoo.py", "keras_real.py"
PEERS = {
    "keras_complex_package.py": "keras_complex",
    "cvnn_layers.py": "cvnn",
    "complextorch_layers.py": "torch",
    "torch_native.py": "torch",
}
BEGIN, END = "<!-- layers: begin -->", "<!-- layers: end -->"

flags.DEFINE_string("torch", None, "Interpreter with torch and complextorch.")
flags.DEFINE_string("keras_complex", None, "Interpreter with keras-complex.")
flags.DEFINE_string("cvnn", None, "Interpreter with cvnn.")
flags.DEFINE_list("cases", [], "Cases to time; all by default.")
flags.DEFINE_integer("rounds", 3, "Turns of each library.", lower_bound=1)
flags.DEFINE_string("output", None, "Markdown file whose marked table is replaced.")


def interpreters():
    """The worker of each library and the interpreter that runs it."""
    found = {OURS: sys.executable, REAL: sys.executable}
    for worker, flag in PEERS.items():
        python = getattr(flags.FLAGS, flag)
        if python:
            found[worker] = python
    return found


class Worker:
    """A process that times the layers of one library when it is asked to."""

    def __init__(self, name, python):
        environment = {
            **os.environ,
            "PYTHONPATH": str(WORKERS.parents[2]),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "OMP_NUM_THREADS": "2",
        }
        self.name = name
        self.process = subprocess.Popen(
            [python, str(WORKERS / name)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        first = self._read()
        self.library, self.cases = first["library"], first["cases"]

    def measure(self, case):
        # Threads of the last worker may wait for work, busily, for so long.
        time.sleep(0.3)
        print(case, file=self.process.stdin, flush=True)
        return self._read()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        sys.exit(f"error: {self.name} ended before its time, as said above.")


def measure(cases):
    """Returns the versions of all libraries, and their times by case.

    Times are the fastest of all rounds, and the fastest of the rounds' medians.
    """
    workers = [Worker(name, python) for name, python in interpreters().items()]
    times = {}
    for case in cases or workers[0].cases:
        print(case, flush=True)
        for _ in range(flags.FLAGS.rounds):
            for worker in workers:
                if case not in worker.cases:
                    continue
                line = worker.measure(case)
                if "error" in line:
                    print(f"{worker.library}, {case}: {line['error']}")
                    continue
                best = times.setdefault(case, {}).setdefault(worker.name, line)
                for task in ("forward", "step"):
                    best[task] = [
                        min(a, b) for a, b in zip(best[task], line[task], strict=True)
                    ]
    return {worker.name: worker.library for worker in workers}, times


def table(libraries, times):
    """Formats times of this library, and its times over those of the others."""
    others = [worker for worker in libraries if worker != OURS]
    columns = ["layer", "forward, ms", "step, ms"]
    columns += [f"/ {libraries[worker]}" for worker in others]
    rows = []
    for case, by_worker in times.items():
        if OURS not in by_worker:
            continue
        own = by_worker[OURS]
        cells = [f"{own[t][0]:.2f} ({own[t][1]:.2f})" for t in ("forward", "step")]
        for worker in others:
            if worker not in by_worker:
                cells.append("")
                continue
            ratios = [own[t][0] / by_worker[worker][t][0] for t in ("forward", "step")]
            cells.append(" ".join(f"{ratio:.2f}" for ratio in ratios))
        rows.append([case, *cells])
    return markdown_table(columns, rows, "l" + "r" * (len(columns) - 1))


def main(argv):
    if len(argv) > 1:
        sys.exit(f"error: unknown arguments {argv[1:]}.")
    lines = table(*measure(flags.FLAGS.cases)).rstrip()
    print(lines)
    if flags.FLAGS.output:
        path = Path(flags.FLAGS.output)
        before, rest = path.read_text("utf-8").split(BEGIN)
        after = rest.split(END)[1]
        path.write_text(f"{before}{BEGIN}\n{lines}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    app.run(main)
