"""Tests of which separators run as streams, and why others do not."""

import keras
import pytest

import zoo
from keras_complex.layers import ComplexLayerNormalization
from zoo.models import CausalComplexUNet, ComplexUNet, ConvTasNet, TasNet
from zoo.streaming.step import make_step_model


def separator(network, frame_length=0, **arguments):
    frame_step = frame_length // 2
    return zoo.Separator(
        network, 8000, frame_length, frame_step, **{"level": None, **arguments}
    )


def tasnet():
    return TasNet(2, 8, 20, 4, 1, causal=True)


def functional(*layers):
    """A network of layers of Keras for spectrograms of 17 bins."""
    x = inputs = keras.Input((None, 17, 2))
    for layer in layers:
        x = layer(x)
    shape = (1, -1, 17, 2)
    return keras.Model(inputs, keras.layers.Reshape(shape, name="speaker")(x))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: separator(tasnet(), level=0.1), "`level` .* must be None.*level=0.1"),
        (lambda: separator(tasnet(), fit_level=True), "`fit_level` .* must be False"),
        (lambda: separator(TasNet(2, 8, 20, 4, 1)), "'lstm0' .*, which goes backwards"),
        (
            lambda: separator(ConvTasNet(2, 8, 16, 4, 6, 4, 3, 1, 1)),
            r"\(GlobalLayerNormalization\), which takes its statistics from the whole",
        ),
        (
            lambda: separator(
                ConvTasNet(2, 8, 16, 4, 6, 4, 3, 1, 1, normalization="cumulative")
            ),
            "'repeat0_block0_conv' .*, whose kernel sees later frames",
        ),
        (lambda: separator(ComplexUNet(2, 2, 0, 0), 32), "'pad' .* appends frames"),
        (
            lambda: separator(functional(keras.layers.Lambda(abs)), 32),
            r"\(Lambda\), which has no rule for streams. Causal are CausalComplexUNet",
        ),
        (
            lambda: separator(functional(ComplexLayerNormalization((1, 2))), 32),
            "takes its statistics from the whole file",
        ),
        (
            lambda: separator(functional(keras.layers.ZeroPadding2D(((0, 1), 0))), 32),
            "which appends frames",
        ),
        (
            lambda: separator(functional(keras.layers.ZeroPadding2D(((1, 0), 0))), 32),
            "must give one frame for each that it takes. Received: 3 for 2",
        ),
        (
            lambda: separator(
                functional(keras.layers.Conv2D(2, 1, strides=(2, 1))), 32
            ),
            "which leaves frames out",
        ),
        (
            lambda: separator(functional(*[keras.layers.ReLU()] * 2), 32),
            "must call each of its layers once",
        ),
    ],
)
def test_says_why_a_separator_is_no_stream(make, message):
    with pytest.raises(ValueError, match=message):
        make_step_model(make(), 2)


def test_steps_have_at_least_one_frame():
    with pytest.raises(ValueError, match="`frames_per_step` must be at least 1"):
        make_step_model(separator(tasnet()), 0)


def test_shares_the_weights_of_the_network():
    network = CausalComplexUNet(2, 2, 0, 1)
    step = make_step_model(separator(network, 32))
    assert {id(w) for w in network.weights} == {id(w) for w in step.weights}
    assert step.input.keys() - step.output.keys() == {"samples", "valid"}
    assert step.output.keys() - step.input.keys() == {"estimates"}
    # Making it leaves the network as it was.
    assert make_step_model(separator(network, 32)).count_params()
