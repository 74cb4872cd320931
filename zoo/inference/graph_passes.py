"""Which graph optimization of TensorFlow a command leaves on, network by network."""

import keras

# Their graphs are long and their operations large: optimization takes as long as many
# steps and gains none (docs/speed.md).
_WITHOUT = frozenset({"CausalComplexUNet", "ComplexUNet"})


def choose(network: str) -> bool:
    """Turns TensorFlow's graph optimization off where it costs more than it gains.

    It is an option of the whole process: for commands, not for a library. Other
    backends have no such option.

    Args:
        network: Name of the class of the network, a key of `zoo.models.MODELS`.

    Returns:
        Whether graphs are optimized.
    """
    optimized = network not in _WITHOUT
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.optimizer.set_experimental_options(
            {"disable_meta_optimizer": not optimized}
        )
    return optimized
