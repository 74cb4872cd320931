"""Inputs that networks meet at the worst of times, drawn by hypothesis."""

import keras
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.gradients import layer_gradients

# JAX compiles every operation anew for every shape.
EXAMPLES = {"tensorflow": 30, "torch": 20, "jax": 1}[keras.backend.backend()]
KINDS = ("normal", "zeros", "constant", "correlated", "spike", "one silent example")

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@st.composite
def signals(draw, rank, channels=None, minimum=1):
    """Draws float32 packed tensors from silence to 120 dB above full scale.

    Args:
        draw: Given by hypothesis.
        rank: Number of axes, those of batch and channels included.
        channels: Number of complex channels; 1 to 4 if `None`.
        minimum: Smallest size of the axes between batch and channels.
    """
    sizes = [draw(st.integers(minimum, minimum + 6)) for _ in range(rank - 2)]
    channels = draw(st.integers(1, 4)) if channels is None else channels
    shape = (draw(st.integers(1, 3)), *sizes, channels)
    scale = 10.0 ** draw(st.floats(-12, 6))
    kind = draw(st.sampled_from(KINDS))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    z = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    if kind == "zeros":
        z = np.zeros(shape)
    elif kind == "constant":
        z = np.full(shape, z.flat[0])
    elif kind == "correlated":
        z = z.real * (1 - 2j)
    elif kind == "spike":
        spike = np.zeros(shape, complex)
        spike.flat[-1] = z.flat[0]
        z = spike
    elif kind == "one silent example":
        z[0] = 0
    return (scale * np.concatenate([z.real, z.imag], axis=-1)).astype("float32")


def check_finite(layer, *xs, **arguments):
    """Checks that outputs and all gradients of `sum(outputs)` are finite."""
    y = layer(xs[0] if len(xs) == 1 else list(xs), **arguments)
    assert np.all(np.isfinite(keras.ops.convert_to_numpy(y)))
    ones = np.ones(y.shape, "float32")
    g_x, by_name = layer_gradients(layer, list(xs), ones, **arguments)
    for name, g in [*by_name.items(), *(("input", g) for g in g_x)]:
        assert np.all(np.isfinite(g)), f"The gradient of {name} is not finite."
