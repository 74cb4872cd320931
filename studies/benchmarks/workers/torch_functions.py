"""Functions to time of a PyTorch module, eagerly with 2 threads."""

import torch

torch.set_num_threads(2)


def complex_normal(shape):
    """Complex noise; the channels of a channels-last shape come second."""
    if len(shape) > 2:
        shape = (shape[0], shape[-1], *shape[1:-1])
    return torch.randn(*shape, dtype=torch.complex64)


def sequence(shape):
    """Complex noise `(batch, steps, features)`."""
    return torch.randn(*shape, dtype=torch.complex64)


def functions(module, *xs, training=True):
    """Forward, and forward with the gradients of inputs and weights."""
    module = module.train(training) if isinstance(module, torch.nn.Module) else module
    parameters = list(module.parameters()) if hasattr(module, "parameters") else []
    tracked = [x.clone().requires_grad_() for x in xs]

    def first(y):
        return y[0] if isinstance(y, tuple) else y

    def forward():
        with torch.no_grad():
            return module(*xs)

    def step():
        value = first(module(*tracked)).abs().square().sum()
        return torch.autograd.grad(value, [*tracked, *parameters], allow_unused=True)

    return forward, step
