"""Data-parallel training on all devices of one machine."""

import contextlib
from collections.abc import Iterator

import keras
from keras import ops

from keras_complex.types import Tensor


@contextlib.contextmanager
def scope() -> Iterator[int]:
    """Enters `tf.distribute.MirroredStrategy` on TensorFlow with several devices.

    The strategy spans all GPUs that TensorFlow sees, or all its logical CPUs
    where there is none. On one device it would change nothing but the time that
    each epoch takes to begin.

    Yields:
        The number of replicas: each trains on its share of a batch.
    """
    if keras.backend.backend() != "tensorflow":
        yield 1
        return
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU")
    devices = devices or tf.config.list_logical_devices("CPU")
    if len(devices) == 1:
        yield 1
        return
    strategy = tf.distribute.MirroredStrategy([device.name for device in devices])
    with strategy.scope():
        yield strategy.num_replicas_in_sync


def num_replicas() -> int:
    """Returns how many devices share a batch in the current scope."""
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync


def sum_over_replicas(gradients: list[Tensor]) -> list[Tensor]:
    """Returns the sum of the gradients of all replicas, on each of them."""
    if num_replicas() == 1:
        return gradients
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    present = [gradient for gradient in gradients if gradient is not None]
    total = iter(context.all_reduce(tf.distribute.ReduceOp.SUM, present))
    return [None if gradient is None else next(total) for gradient in gradients]


def global_norm(gradients: list[Tensor]) -> Tensor:
    """Returns the norm of all gradients together, in float32."""
    present = [
        ops.cast(gradient, "float32") for gradient in gradients if gradient is not None
    ]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # One operation for each gradient, not three.
        return tf.linalg.global_norm(present)
    return ops.sqrt(ops.sum(ops.stack([ops.sum(ops.square(g)) for g in present])))
