"""Tests of Separator, with networks whose result is known."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

import zoo
from keras_complex.ops import stft
from zoo import evaluate
from zoo.data.mixtures.folder import Example
from zoo.models import ChimeraPlusPlus, ComplexUNet, ConvTasNet

# The checkout need not be installed.
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@pytest.fixture
def rng():
    keras.utils.set_random_seed(0)
    return np.random.default_rng(0)


@pytest.fixture
def separator(make_band_separator):
    """Its network is not linear, and so depends on the level."""
    return make_band_separator(activation="tanh")


def call(model, x):
    return keras.ops.convert_to_numpy(model(np.asarray(x, "float32")))


def tones(seconds, sample_rate):
    """A low and a high tone that swell, `(2, samples)`."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    envelope = np.sin(np.pi * time / seconds)
    return envelope * np.sin(2 * np.pi * np.array([[440.0], [2600.0]]) * time)


def snr_db(reference, estimate):
    error = np.sum((reference - estimate) ** 2)
    return 10 * np.log10(np.sum(reference**2) / error)


@pytest.mark.parametrize("samples", [1, 128, 129, 1000])
@pytest.mark.parametrize("level", [0.1, 0.7])
def test_gives_what_the_network_gives(rng, make_band_separator, samples, level):
    separator = make_band_separator(cutoff_hz=1e9, gains=(0.75, -1), level=level)
    x = rng.normal(size=(2, samples))
    y = call(separator, x)
    np.testing.assert_allclose(y[:, 0], 0.75 * x, atol=1e-5)
    np.testing.assert_allclose(y[:, 1], 0 * x, atol=1e-5)


def test_fits_level_and_sign_to_the_mixture(make_band_separator):
    sources = tones(0.5, 8000)
    mixture = np.tile(sources.sum(axis=0), (2, 1)) * [[1.0], [0.03]]
    separator = make_band_separator(gains=(7.0, -0.2), fit_level=True)
    y = call(separator, mixture)
    for estimates, gain in zip(y, (1.0, 0.03), strict=True):
        for source, estimate in zip(sources, estimates, strict=True):
            assert snr_db(gain * source, estimate) > 40
    assert not np.any(call(separator, np.zeros((1, 500))))


def test_network_sees_the_level(rng, make_band_separator, monkeypatch):
    seen = []

    def spy(waveform, *arguments):
        seen.append(keras.ops.convert_to_numpy(waveform))
        return stft(waveform, *arguments)

    monkeypatch.setattr("zoo.inference.domains.stft", spy)
    call(make_band_separator(level=0.2), rng.normal(size=(2, 999)) * [[0.01], [30]])
    np.testing.assert_allclose(np.sqrt(np.mean(seen[-1] ** 2, axis=-1)), 0.2, rtol=1e-5)


def test_without_a_level_the_network_sees_the_mixture(
    rng, make_band_separator, monkeypatch
):
    seen = []

    def spy(waveform, *arguments):
        seen.append(keras.ops.convert_to_numpy(waveform))
        return stft(waveform, *arguments)

    monkeypatch.setattr("zoo.inference.domains.stft", spy)
    separator = make_band_separator(level=None)
    x = rng.normal(size=(2, 999)) * [[0.01], [30]]
    call(separator, x)
    np.testing.assert_array_equal(seen[-1], x.astype("float32"))
    assert not np.any(call(separator, np.zeros((1, 999))))


@pytest.mark.parametrize("gain", [1e-30, 1e-5, 1e6])
def test_follows_the_level_of_the_mixture(rng, separator, gain):
    x = rng.normal(size=(1, 700)).astype("float32")
    y = call(separator, x)
    scaled = call(separator, x * np.float32(gain)) / np.float32(gain)
    np.testing.assert_allclose(scaled, y, atol=2e-3 * np.abs(y).max())


@pytest.fixture
def waveform_separator():
    """Its network takes waveforms and is not linear: `tanh(x)` and `-2 tanh(x)`."""
    mixture = keras.Input((None,))
    x = keras.layers.Activation("tanh")(keras.layers.Reshape((1, -1))(mixture))
    estimates = keras.layers.Concatenate(axis=1)([x, -2 * x])
    return zoo.Separator(keras.Model(mixture, estimates), 8000, 0, 0)


def test_takes_networks_of_waveforms(rng, waveform_separator):
    gains = np.array([[0.01], [30.0]])
    x = rng.normal(size=(2, 999)) * gains
    scale = np.sqrt(np.mean(x**2, axis=-1, keepdims=True)) / 0.1
    y = call(waveform_separator, x)
    expected = scale * np.tanh(x / scale)
    np.testing.assert_allclose(y[:, 0] / gains, expected / gains, atol=1e-5)
    np.testing.assert_allclose(y[:, 1], -2 * y[:, 0], rtol=1e-5)
    assert waveform_separator.num_speakers == 2
    assert waveform_separator.compute_output_shape((3, None)) == (3, 2, None)
    assert not np.any(call(waveform_separator, np.zeros((1, 50))))


def test_a_network_of_waveforms_survives_files_rates_and_chunks(rng, tmp_path):
    network = ConvTasNet(2, 8, 4, 2, 4, 2, 3, 2, 1, seed=0)
    separator = zoo.Separator(network, 8000, 0, 0, level=0.2, fit_level=True)
    separator.save(tmp_path / "model.keras")
    restored = zoo.load_separator(tmp_path / "model.keras")
    assert (restored.frame_length, restored.level) == (0, 0.2)
    x = rng.normal(size=(2, 500))
    np.testing.assert_array_equal(call(restored, x), call(separator, x))
    waveform = rng.normal(size=(11025, 2))
    estimates = restored.separate(waveform, 11025, 0.4, 0.1)
    assert estimates.shape == (2, 11025)
    assert np.all(np.isfinite(estimates))


def test_rejects_a_network_of_the_other_domain(make_band_separator, waveform_separator):
    with pytest.raises(ValueError, match=r"\(batch, samples\) for frame_length=0\."):
        zoo.Separator(make_band_separator().network, 8000, frame_length=0)
    with pytest.raises(ValueError, match="Pass frame_length=0 for a network of wave"):
        zoo.Separator(waveform_separator.network, 8000)


def test_silence_gives_silence_beside_sound(rng, separator):
    x = rng.normal(size=(2, 700))
    x[0] = 0
    y = call(separator, x)
    assert np.all(y[0] == 0)
    np.testing.assert_allclose(y[1], call(separator, x[1:])[0], rtol=1e-3, atol=1e-2)


def test_round_trips_through_a_keras_file(rng, separator, tmp_path):
    x = rng.normal(size=(2, 500))
    changed = zoo.Separator(separator.network, 16000, 256, 64, 0.3, name="changed")
    changed.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(restored, zoo.Separator)
    configs = restored.get_config(), changed.get_config()
    for name in separator.get_config().keys() - {"network"}:
        assert configs[0][name] == configs[1][name]
    assert (restored.sample_rate, restored.frame_step) == (16000, 64)
    assert restored.level == 0.3
    np.testing.assert_array_equal(call(restored, x), call(changed, x))


@pytest.mark.slow
def test_loads_after_import_zoo_alone(rng, tmp_path):
    network = ComplexUNet(start_filters=2, num_residual_blocks=1, num_transforms=1)
    separator = zoo.Separator(network, 8000)
    separator.save(tmp_path / "model.keras")
    program = (
        "import keras, numpy, sys, zoo; "
        "model = keras.models.load_model('model.keras'); "
        "assert type(model) is zoo.Separator; "
        "numpy.savez('weights.npz', *model.get_weights()); "
        "tensorflow = 'tensorflow' in sys.modules; "
        "assert tensorflow == (keras.backend.backend() == 'tensorflow')"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path, env=ENV)
    restored = np.load(tmp_path / "weights.npz").values()
    for weight, expected in zip(restored, separator.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_declares_its_shapes(separator):
    assert separator.compute_output_shape((3, None)) == (3, 2, None)
    assert separator(keras.Input((None,))).shape == (None, 2, None)
    assert separator.num_speakers == 2


def test_stays_in_float32_around_a_network_in_bfloat16(rng, make_band_separator):
    separator = make_band_separator(dtype="mixed_bfloat16")
    y = separator(rng.normal(size=(1, 300)).astype("float32"))
    assert keras.backend.standardize_dtype(y.dtype) == "float32"


@pytest.mark.parametrize("sample_rate", [8000, 44100, 11025])
@pytest.mark.parametrize("channels", [None, 1, 2])
def test_separates_at_any_rate(make_band_separator, sample_rate, channels):
    sources = tones(0.5, sample_rate)
    waveform = sources.sum(axis=0)
    if channels is not None:
        balance = np.linspace(0.5, 1.5, channels) if channels > 1 else np.ones(1)
        waveform = waveform[:, None] * balance
    estimates = make_band_separator().separate(waveform, sample_rate)
    assert estimates.dtype == "float32"
    assert estimates.shape == sources.shape
    assert snr_db(sources, estimates) > 40


@pytest.mark.parametrize("samples", [1, 5, 8001])
@pytest.mark.parametrize("sample_rate", [4000, 44100])
def test_keeps_the_number_of_samples(make_band_separator, samples, sample_rate):
    estimates = make_band_separator().separate(np.ones(samples), sample_rate)
    assert estimates.shape == (2, samples)
    assert np.all(np.isfinite(estimates))


def test_chunks_give_what_one_piece_gives(make_band_separator):
    separator = make_band_separator()
    sources = tones(2.0, 8000)
    waveform = sources.sum(axis=0)
    whole = separator.separate(waveform, 8000)
    chunks = separator.separate(
        waveform, 8000, chunk_seconds=0.5, overlap_seconds=0.1, verbose=True
    )
    assert snr_db(whole, chunks) > 30


@pytest.mark.parametrize("rate", [8000, 11025])
@pytest.mark.parametrize("consistency", [False, True])
@pytest.mark.parametrize("length", [1, 1000, 100_000])
def test_blocks_give_what_the_whole_gives(
    make_band_separator, rng, rate, consistency, length
):
    separator = make_band_separator(activation="tanh")
    waveform = rng.normal(size=(2000 if length == 1 else 2 * rate, 2))
    whole = separator.separate(
        waveform, rate, 0.5, 0.1, mixture_consistency=consistency
    )
    blocks = (waveform[i : i + length] for i in range(0, len(waveform), length))
    voices = separator.separate_blocks(blocks, rate, 0.5, 0.1, consistency)
    np.testing.assert_array_equal(np.concatenate(list(voices), axis=1), whole)


def test_blocks_come_before_the_recording_ends(make_band_separator):
    taken = []

    def blocks():
        for k in range(12):
            taken.append(k)
            yield np.ones(4000)

    voices = make_band_separator().separate_blocks(blocks(), 8000, 0.5, 0.1)
    assert not taken
    assert next(voices).shape[0] == 2
    assert len(taken) < 12


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([], "must hold at least one sample"),
        ([np.ones(5), np.array([np.nan])], "must be finite"),
        ([np.ones((1, 0))], "at least one channel"),
    ],
)
def test_rejects_blocks_that_are_no_recording(make_band_separator, blocks, message):
    voices = make_band_separator().separate_blocks(blocks, 8000)
    with pytest.raises(ValueError, match=message):
        list(voices)


@pytest.mark.parametrize(("rate", "chunk_seconds"), [(8000, 30.0), (11025, 0.5)])
def test_consistent_estimates_sum_to_the_mixture(
    make_band_separator, rng, rate, chunk_seconds
):
    separator = make_band_separator(activation="tanh")
    waveform = rng.normal(size=(rate, 2))
    arguments = (waveform, rate, chunk_seconds, 0.1)
    estimates = separator.separate(*arguments).astype("float64")
    mixture = waveform.mean(axis=1)
    assert snr_db(mixture, estimates.sum(axis=0)) < 20
    # The nearest point of the plane, by least squares rather than by the formula.
    plane = np.ones((1, 2))
    correction = np.linalg.pinv(plane) @ (mixture - estimates.sum(axis=0))[None]
    consistent = separator.separate(*arguments, mixture_consistency=True)
    assert consistent.dtype == "float32"
    np.testing.assert_allclose(consistent, estimates + correction, atol=1e-5)
    np.testing.assert_allclose(consistent.sum(axis=0), mixture, atol=1e-5)


def test_a_single_estimate_cannot_be_consistent(rng):
    spectrogram = keras.Input((None, 129, 2))
    estimates = keras.layers.Reshape((1, -1, 129, 2))(spectrogram)
    separator = zoo.Separator(keras.Model(spectrogram, estimates), 8000)
    with pytest.raises(ValueError, match="must be False for a single estimate"):
        separator.separate(np.ones(100), 8000, mixture_consistency=True)


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("seconds", [0.25, 2.0])
def test_tells_the_seconds_of_each_chunk(make_band_separator, seconds, verbose):
    told = []
    make_band_separator().separate(
        np.ones(round(16000 * seconds)), 16000, 0.5, 0.1, verbose, progress=told.append
    )
    assert sum(told) == pytest.approx(seconds)
    assert len(told) == (1 if seconds < 0.5 else 5)


def test_takes_integers(make_band_separator):
    waveform = (1e4 * tones(0.1, 8000).sum(axis=0)).astype("int16")
    separator = make_band_separator()
    np.testing.assert_array_equal(
        separator.separate(waveform, 8000),
        separator.separate(waveform.astype("float64"), 8000),
    )


@pytest.mark.parametrize(
    ("waveform", "message"),
    [
        (np.zeros(0), "must hold at least one sample"),
        (np.zeros((0, 2)), "must hold at least one sample"),
        (np.zeros((2, 8000)), "no more channels than samples.*Transpose"),
        (np.zeros((1, 8, 1)), r"\(samples,\) or \(samples, channels\)"),
        (np.zeros(8, "complex64"), "must hold real samples"),
        (np.array([0, np.nan]), "must be finite.*1 of 2"),
        (np.array([0, np.inf]), "must be finite"),
    ],
)
def test_rejects_what_is_no_recording(make_band_separator, waveform, message):
    with pytest.raises(ValueError, match=message):
        make_band_separator().separate(waveform, 8000)


@pytest.mark.parametrize("sample_rate", [0, -8000, float("nan"), float("inf")])
def test_rejects_an_impossible_rate(make_band_separator, sample_rate):
    with pytest.raises(ValueError, match="`sample_rate` must be positive"):
        make_band_separator().separate(np.ones(8), sample_rate)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample_rate": 0}, "`sample_rate` must be positive"),
        ({"level": 0.0}, "`level` must be positive"),
        ({"frame_step": 200}, "`frame_step` must lie between"),
    ],
)
def test_rejects_invalid_arguments(make_band_separator, arguments, message):
    with pytest.raises(ValueError, match=message):
        make_band_separator(**arguments)


def test_rejects_a_network_for_other_spectrograms(make_band_separator):
    network = make_band_separator().network
    with pytest.raises(ValueError, match="with 257 bins for frame_length=512"):
        zoo.Separator(network, 8000, frame_length=512)


def test_rejects_another_step_than_that_of_misi():
    network = ChimeraPlusPlus(
        bins=33, units=2, num_layers=1, misi_iterations=1, frame_step=16
    )
    with pytest.raises(ValueError, match=r"which reconstructs phases: \(64, 16\)"):
        zoo.Separator(network, 8000, frame_length=64, frame_step=32)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Others have no such graphs."
)
def test_fifty_lengths_are_traced_once(rng, make_band_separator):
    separator = make_band_separator()
    calls = []
    call = separator.network.call
    separator.network.call = lambda *args, **kwargs: (
        calls.append(args) or call(*args, **kwargs)
    )
    examples = []
    for length in range(2000, 2500, 10):
        sources = rng.normal(size=(2, length))
        examples.append(Example(str(length), sources.sum(axis=0), sources, 8000))
    report = evaluate.evaluate(separator, examples, ["si_sdr"])
    assert report["summary"]["si_sdr"]["count"] == 50
    assert len(calls) == 1
