"""Measures what TensorFlow's graph optimization costs and gains, by network.

    python -m studies.benchmarks.graph_passes --repeats=5 > passes.md

A process for each network and choice of passes, one thread, processor seconds: the
first training step (tracing, optimization and run), the fastest of the later ones, and
the same of the forward pass. `docs/speed.md` has the table;
`zoo.inference.graph_passes` is what follows from it.
"""

import argparse
import json
import time

from studies.memory import measured_environment
from zoo.documents import print_table
from zoo.processes import answer

PASSES = (
    "arithmetic_optimization",
    "constant_folding",
    "dependency_optimization",
    "function_optimization",
    "implementation_selector",
    "layout_optimizer",
    "loop_optimization",
    "remapping",
    "shape_optimization",
)
CHOICES = {
    "all": {},
    "none": {"disable_meta_optimizer": True},
    **{
        only: {name: name == only for name in PASSES}
        for only in ("remapping", "constant_folding", "arithmetic_optimization")
    },
}
COLUMNS = ("first step, s", "step, s", "first forward, s", "forward, s")
# Name, arguments, and the shape of a batch.
NETWORKS = {
    "complex_unet": ("ComplexUNet", {}, (1, 256, 129, 2)),
    "complex_unet_small": (
        "ComplexUNet",
        {"start_filters": 16, "num_residual_blocks": 1, "num_transforms": 3},
        (4, 128, 129, 2),
    ),
    "real_unet": ("RealUNet", {"start_filters": 16}, (4, 128, 129, 2)),
    "conv_tasnet": ("ConvTasNet", {}, (1, 16000)),
    "tasnet": ("TasNet", {}, (1, 4000)),
    "deep_attractor": ("DeepAttractor", {"units": 300}, (4, 100, 129, 2)),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--choices", nargs="*", default=list(CHOICES))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps(measure(*arguments.worker, arguments.repeats)))
        return
    columns = ["network", "passes", *COLUMNS]
    rows = (
        (network, choice, *in_process(network, choice, arguments.repeats))
        for network in arguments.networks
        for choice in arguments.choices
    )
    print_table(columns, rows, "llrrrr")


def in_process(network, choice, repeats):
    worker = [
        "-m",
        "studies.benchmarks.graph_passes",
        "--worker",
        network,
        choice,
        f"--repeats={repeats}",
    ]
    seconds = answer(worker, environment=measured_environment(threads=1))
    return [f"{seconds[column]:.2f}" for column in COLUMNS]


def measure(name, choice, repeats):
    import numpy as np
    import tensorflow as tf

    from keras_complex.losses import CSimLoss, NegativeSISDR, PermutationInvariant
    from zoo.models import MODELS
    from zoo.training.optimizers import SGD

    tf.config.optimizer.set_experimental_options(CHOICES[choice])
    cls, settings, shape = NETWORKS[name]
    network = MODELS[cls](**settings)
    loss = NegativeSISDR() if len(shape) == 2 else CSimLoss()
    network.compile(
        SGD(0.01, momentum=0.9, nesterov=True, l2_decay=1e-4),
        PermutationInvariant(loss),
        jit_compile=False,
    )
    network.optimizer.build(network.trainable_variables)
    mixture = np.random.default_rng(0).normal(size=shape).astype("float32")
    references = np.stack([mixture] * 2, axis=1)
    seconds = [
        *first_and_later(lambda: network.train_on_batch(mixture, references), repeats),
        *first_and_later(lambda: network.predict_on_batch(mixture), repeats),
    ]
    return dict(zip(COLUMNS, seconds, strict=True))


def first_and_later(run, repeats):
    times = []
    for _ in range(repeats + 1):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return times[0], min(times[1:])


if __name__ == "__main__":
    main()
