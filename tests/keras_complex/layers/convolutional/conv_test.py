"""Tests of ComplexConv1D, 2D and 3D, against sums over taps in complex128."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexConv1D, ComplexConv2D, ComplexConv3D
from tests.complex_convolution import correlate, grouped
from tests.complex_numpy import channels_last, complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients

LAYERS = {1: ComplexConv1D, 2: ComplexConv2D, 3: ComplexConv3D}
TAPS, STRIDES, RATES, SIZES = (3, 2, 2), (2, 1, 2), (2, 3, 1), (9, 8, 5)
each_rank = pytest.mark.parametrize("rank", LAYERS)


@each_rank
def test_honours_the_contract_with_strides(tmp_path, rank):
    arguments = {
        "filters": 3,
        "kernel_size": TAPS[:rank],
        "strides": STRIDES[:rank],
        "padding": "same",
        "dilation_rate": (1,) * rank,
        "groups": 3,
        "use_bias": False,
        "kernel_initializer": ComplexUnitary("glorot", seed=1),
        "kernel_regularizer": keras.regularizers.L2(1e-4),
    }
    shape = (2, *(8, 6, 4)[:rank], 2 * 3)
    check_layer(LAYERS[rank], arguments, [shape], tmp_path)


@each_rank
def test_honours_the_contract_with_dilation(tmp_path, rank):
    arguments = {
        "filters": 4,
        "kernel_size": TAPS[:rank],
        "strides": (1,) * rank,
        "padding": "causal" if rank == 1 else "same",
        "dilation_rate": RATES[:rank],
        "groups": 2,
        "use_bias": False,
        "kernel_initializer": ComplexUnitary("glorot", seed=1),
        "kernel_regularizer": keras.regularizers.L2(1e-4),
    }
    shape = (2, *(8, 6, 4)[:rank], 2 * 4)
    # Dilated three-dimensional convolutions are SpaceToBatchND on TensorFlow, of
    # more axes than TFLite has.
    check_layer(LAYERS[rank], arguments, [shape], tmp_path, tflite=rank < 3)


@each_rank
@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize("form", ["plain", "strided", "dilated", "one tap"])
@pytest.mark.parametrize("groups", [1, 2])
def test_matches_native_complex_correlation(rng, rank, padding, form, groups):
    if padding == "causal" and rank > 1:
        pytest.skip("Time is one axis.")
    ones = (1,) * rank
    taps = ones if form == "one tap" else TAPS[:rank]
    strides = STRIDES[:rank] if form in ("strided", "one tap") else ones
    rates = RATES[:rank] if form == "dilated" else ones
    x = complex_normal(rng, 2, *SIZES[:rank], 4)
    layer = LAYERS[rank](6, taps, strides, padding, rates, groups)
    layer.build(pack(x).shape)
    layer.bias.assign(rng.normal(size=12))

    def oracle(x, kernel):
        return correlate(x, kernel, strides, padding, rates)

    expected = grouped(oracle, x, unpack(layer.kernel), groups) + unpack(layer.bias)
    y = layer(pack(x))
    np.testing.assert_allclose(unpack(y), expected, atol=1e-5)
    assert tuple(y.shape) == layer.compute_output_shape(pack(x).shape)
    assert layer(keras.Input((*(None,) * rank, 8))).shape[-1] == 12


@each_rank
@pytest.mark.parametrize("groups", [1, 2])
def test_is_linear_over_complex_numbers(rng, rank, groups):
    x, y = complex_normal(rng, 2, 1, *(6,) * rank, 2)
    layer = LAYERS[rank](4, 2, groups=groups, use_bias=False)
    a, b = 0.6 - 0.8j, 1.5j
    np.testing.assert_allclose(
        unpack(layer(pack(a * x + b * y))),
        a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))),
        atol=1e-5,
    )


@each_rank
@pytest.mark.parametrize("groups", [1, 4])
def test_default_initializer_doubles_the_power(rng, rank, groups):
    sizes = {1: (400,), 2: (20, 20), 3: (8, 8, 8)}
    x = complex_normal(rng, 4, *sizes[rank], 16)
    y = unpack(LAYERS[rank](32, 3, groups=groups)(pack(x)))
    assert np.mean(np.abs(y) ** 2) == pytest.approx(2.0, rel=0.1)


def test_causal_outputs_ignore_later_inputs(rng):
    x = complex_normal(rng, 1, 12, 2)
    layer = ComplexConv1D(3, 3, padding="causal", dilation_rate=2)
    before = unpack(layer(pack(x)))
    x[:, 7:] = complex_normal(rng, 1, 5, 2)
    after = unpack(layer(pack(x)))
    np.testing.assert_array_equal(after[:, :7], before[:, :7])
    assert np.all(np.abs(after[:, 7] - before[:, 7]) > 1e-6)


@fuzz
@given(
    x=signals(rank=3, minimum=3), kernel_size=st.integers(1, 3), causal=st.booleans()
)
def test_stays_finite(x, kernel_size, causal):
    padding = "causal" if causal else "same"
    check_finite(ComplexConv1D(2, kernel_size, padding=padding), x)


@pytest.mark.parametrize("cls", [ComplexConv2D, ComplexConv3D])
@pytest.mark.parametrize("groups", [1, 2])
def test_stays_finite_at_extremes(cls, groups):
    for scale in (0.0, 1e-12, 1e6):
        x = np.full((2, *(3,) * (2 if cls is ComplexConv2D else 3), 8), scale)
        check_finite(cls(2, 2, groups=groups), x.astype("float32"))


@pytest.mark.parametrize("channels", [3, None])
def test_rejects_input_that_is_not_packed(channels):
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexConv1D(4, 3).build((1, 8, channels))


def test_rejects_input_of_other_channels_than_groups():
    with pytest.raises(ValueError, match=r"must be a multiple of `groups`. .* 3 ch"):
        ComplexConv1D(4, 3, groups=2).build((1, 8, 6))


def test_rejects_input_shorter_than_the_kernel():
    layer = ComplexConv1D(4, 3, dilation_rate=2)
    with pytest.raises(ValueError, match="must have at least 5 values"):
        layer(keras.Input((4, 6)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "`filters` must be at least 1. Received: filters=0"),
        ({"groups": 0}, "`groups` must be at least 1"),
        ({"groups": 3}, "`filters` must be a multiple of `groups`"),
        ({"kernel_size": (3, 3)}, "`kernel_size` must be a positive integer. Rec"),
        ({"kernel_size": 1.5}, "`kernel_size` must be a positive integer. Rec"),
        ({"dilation_rate": 0}, "`dilation_rate` must be a positive integer"),
        ({"padding": "full"}, '`padding` must be "valid", "same" or "causal"'),
        ({"strides": 2, "dilation_rate": 2}, "`strides` or `dilation_rate` must be 1"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexConv1D(**{"filters": 4, "kernel_size": 3, **arguments})


def test_only_sequences_have_causal_padding():
    with pytest.raises(ValueError, match='`padding` must be "valid" or "same"'):
        ComplexConv2D(4, 3, padding="causal")


@pytest.mark.parametrize(
    ("name", "strides", "bias"),
    [
        ("conv3x3_s1_bias", 1, True),
        ("conv3x3_s1_nobias", 1, False),
        ("conv1x1_s2_bias", 2, True),
        ("conv1x1_s2_nobias", 2, False),
    ],
)
def test_meets_the_published_layer(golden, name, strides, bias):
    _, arrays = golden(name)
    real, imag = arrays["p.real_weight"].T, arrays["p.imag_weight"].T
    layer = ComplexConv2D(
        real.shape[-1], real.shape[:2], strides, padding="same", use_bias=bias
    )
    x = channels_last(arrays["in.x"])
    layer.build(x.shape)
    layer.kernel.assign(np.concatenate([real, imag], axis=-1))
    if bias:
        layer.bias.assign(arrays["p.bias"])
    assert_close(
        keras.ops.convert_to_numpy(layer(x)), channels_last(arrays["out"]), 1e-6
    )
    (g_x,), g = layer_gradients(layer, x, channels_last(arrays["R"]))
    assert_close(g_x, channels_last(arrays["g.in.x"]), 1e-6)
    expected = [arrays[f"g.p.{part}_weight"].T for part in ("real", "imag")]
    assert_close(g["kernel"], np.concatenate(expected, axis=-1), 1e-6)
    if bias:
        assert_close(g["bias"], arrays["g.p.bias"], 1e-6)


def test_commutes_with_a_phase_rotation(rng):
    x, rotation = complex_normal(rng, 1, 8, 8, 2), np.exp(0.7j)
    layer = ComplexConv2D(3, 3, padding="same", use_bias=False)
    np.testing.assert_allclose(
        unpack(layer(pack(rotation * x))),
        rotation * unpack(layer(pack(x))),
        atol=1e-5,
    )


def test_learns_a_complex_gain(rng):
    x, gain = complex_normal(rng, 64, 4, 4, 1), 0.6 - 0.8j
    layer = ComplexConv2D(1, 1)
    model = keras.Sequential([layer])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    model.fit(pack(x), pack(gain * x), epochs=20, verbose=0)
    assert unpack(layer.kernel).item() == pytest.approx(gain, abs=1e-3)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, (2, 3)])
@pytest.mark.parametrize("kernel_size", [1, 3])
def test_declares_its_output_shape(padding, strides, kernel_size):
    layer = ComplexConv2D(5, kernel_size, strides, padding)
    x = np.zeros((2, 10, 9, 6), "float32")
    assert layer.compute_output_shape(x.shape) == tuple(layer(x).shape)
    assert layer(keras.Input((None, None, 6))).shape == (None, None, None, 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "`filters` must be at least 1"),
        ({"kernel_size": (3, 3, 3)}, "`kernel_size` must be a positive int"),
        ({"strides": 0}, "`strides` must be a positive int"),
        ({"padding": "full"}, '`padding` must be "valid" or "same"'),
    ],
)
def test_conv2d_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexConv2D(**{"filters": 4, "kernel_size": 3, **arguments})
