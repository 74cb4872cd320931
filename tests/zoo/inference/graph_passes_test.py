import keras
import pytest

from zoo.inference import graph_passes
from zoo.models import MODELS

only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Others have no such option."
)


@pytest.fixture
def options():
    """Returns a function that reads the options, which are as before in the end."""
    import tensorflow as tf

    before = tf.config.optimizer.get_experimental_options()
    yield tf.config.optimizer.get_experimental_options
    tf.config.optimizer.set_experimental_options(before)


@only_tensorflow
@pytest.mark.parametrize(
    ("network", "optimized"), [("ComplexUNet", False), ("ConvTasNet", True)]
)
def test_leaves_optimization_on_where_it_gains(options, network, optimized):
    assert graph_passes.choose(network) == optimized
    assert options()["disable_meta_optimizer"] == (not optimized)


def test_names_are_those_of_networks():
    assert set(MODELS) >= graph_passes._WITHOUT
