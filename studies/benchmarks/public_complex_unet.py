"""Times the public PyTorch code of the paper, for comparison with `studies.benchmark`.

    python studies/benchmarks/public_complex_unet.py CHECKOUT forward|training [THREADS]

CHECKOUT is one of
https://github.com/FourierSignalRetrievalICLR2020/FourierExtraction (commit 7dab26c),
which asks for PyTorch, torchvision and SymPy. Its network is built as its README
trains it: 44 filters, 2 residual blocks, 10 transforms. Input and step are those of
`studies.benchmark`, with squared errors for the loss, whose cost is nothing beside that
of the network.
"""

import os
import resource
import sys
import time
from pathlib import Path

# As in `studies.benchmark`: what is freed stays with the process.
_MALLOC = {
    "MALLOC_TRIM_THRESHOLD_": "4000000000",
    "MALLOC_MMAP_THRESHOLD_": "4000000000",
}
_PARAMETERS = 14_039_077


def main():
    checkout, task, threads = (*sys.argv[1:], "2")[:3]
    if not _MALLOC.keys() <= os.environ.keys():
        environment = os.environ | _MALLOC | {"OMP_NUM_THREADS": threads}
        os.execve(sys.executable, [sys.executable, *sys.argv], environment)
    import torch

    for folder in ("UNet", "UNet/separation_model"):
        sys.path.insert(0, str(Path(checkout, folder)))
    from models import ComplexUNet

    torch.set_num_threads(int(threads))
    network = ComplexUNet(
        in_channels=1,
        nb_speakers=2,
        mode="bilinear",
        nb_residual_blocks=2,
        start_fmaps=44,
        nb_copies=10,
        avg_copies=True,
        dropcopy=0.1,
        stochastic_drop=None,
        stochdrop_schedule=False,
    )
    weights = [p for p in network.parameters() if p.requires_grad]
    parameters = sum(p.numel() for p in weights)
    if parameters != _PARAMETERS:
        raise ValueError(
            f"There must be {_PARAMETERS} parameters. Received: {parameters}."
        )
    network.train(task == "training")
    # Real bins, then imaginary ones, and 256 frames.
    mixture = torch.randn(1, 1, 258, 256)
    optimizer = torch.optim.SGD(
        weights, 0.01, momentum=0.9, nesterov=True, weight_decay=1e-4
    )

    def forward():
        with torch.no_grad():
            network(mixture)

    def training():
        optimizer.zero_grad()
        voices = network(mixture)
        sum(((voice - mixture[:, 0]) ** 2).mean() for voice in voices).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()

    times = []
    for _ in range(9 if task == "forward" else 7):
        start = time.perf_counter()
        {"forward": forward, "training": training}[task]()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"public code, PyTorch {torch.__version__}, {task}, {threads} threads: first "
        f"{times[0]:.2f} s, fastest {min(times[1:]):.2f} s, peak {peak:.2f} GiB"
    )


if __name__ == "__main__":
    main()
