"""Tests of the short-time Fourier transform and its inverse."""

import numpy as np
import pytest
import scipy.signal
from keras import ops as kops

from keras_complex import ops
from keras_complex.ops.stft import check_frames
from tests.complex_numpy import spectrogram
from tests.gradients import assert_close

SIZES = [(256, 128), (512, 128), (400, 100), (320, 80), (256, 100)]


def to_numpy(x):
    return kops.convert_to_numpy(x)


@pytest.mark.parametrize("samples", [1, 2, 127, 128, 129, 255, 256, 257, 1000])
@pytest.mark.parametrize(("frame_length", "frame_step"), SIZES)
def test_inverse_reconstructs_any_length(rng, frame_length, frame_step, samples):
    x = rng.normal(size=(2, samples)).astype("float32")
    y = ops.stft(x, frame_length, frame_step)
    assert y.shape[1] == 1 + -(-samples // frame_step)
    assert_close(to_numpy(ops.istft(y, samples, frame_length, frame_step)), x, 3e-6)


@pytest.mark.parametrize(("frame_length", "frame_step"), SIZES)
def test_agrees_with_the_fft(rng, frame_length, frame_step):
    x = rng.normal(size=1234)
    half = frame_length // 2
    padded = np.pad(x, (half, 2 * frame_length))
    window = np.hanning(frame_length + 1)[:-1]
    frames = 1 + -(-len(x) // frame_step)
    expected = np.array(
        [
            np.fft.rfft(window * padded[m * frame_step :][:frame_length])
            for m in range(frames)
        ]
    )
    y = to_numpy(ops.stft(x.astype("float32"), frame_length, frame_step))
    assert_close(y[..., 0] + 1j * y[..., 1], expected, 1e-6)


@pytest.mark.parametrize("padding", ["constant", "reflect"])
@pytest.mark.parametrize("index", [0, 1])
def test_agrees_with_the_published_transform(golden, index, padding):
    _, arrays = golden("stft")
    # There, 128 zeros are appended and the last, empty frame is left out.
    x = np.pad(arrays[f"wave{index}"], (0, 128))
    real, imag = (arrays[f"spec{index}_{padding}.{p}"].T for p in ("real", "imag"))
    y = to_numpy(ops.stft(x[None], padding=padding))[0, : len(real)]
    assert_close(y, np.stack([real, imag], axis=-1), 1e-6)


@pytest.mark.parametrize("index", [0, 1])
def test_agrees_with_the_published_inverse(golden, index):
    _, arrays = golden("stft")
    expected = arrays[f"istft_arbitrary{index}"]
    frames = int(arrays["in.mask"][index].sum())
    x = spectrogram(arrays["in.arbitrary_spec"])[index : index + 1, :frames]
    assert_close(to_numpy(ops.istft(x, len(expected)))[0], expected, 1e-6)


WINDOWS = [
    ("hann", "hann"),
    ("sqrt_hann", "cosine"),
    ("hamming", "hamming"),
    ("blackman", "blackman"),
    ("rectangular", "boxcar"),
    (("kaiser", 6.0), ("kaiser", 6.0)),
    ("values", ("tukey", 0.3)),
]


def scipy_stft(x, window, frame_step, fft_length):
    """The transform by scipy's ShortTimeFFT, complex `(batch, frames, bins)`."""
    transform = scipy.signal.ShortTimeFFT(
        window, frame_step, fs=1, mfft=fft_length, phase_shift=None
    )
    frames = 1 + -(-x.shape[-1] // frame_step)
    spectra = transform.stft(np.pad(x, ((0, 0), (0, len(window)))), p0=0, p1=frames)
    return np.moveaxis(spectra, -1, -2)


@pytest.mark.parametrize("use_fft", [False, True])
@pytest.mark.parametrize(("name", "scipy_name"), WINDOWS, ids=str)
@pytest.mark.parametrize(
    ("frame_length", "frame_step", "fft_length"),
    [(64, 32, 64), (60, 25, 80), (51, 17, 64), (32, 40, 32)],
)
def test_agrees_with_scipy(
    rng, frame_length, frame_step, fft_length, name, scipy_name, use_fft
):
    x = rng.normal(size=(2, 333))
    values = scipy.signal.get_window(scipy_name, frame_length)
    if name == "sqrt_hann":
        values = np.sqrt(scipy.signal.get_window("hann", frame_length))
    window = values if name == "values" else name
    expected = scipy_stft(x, values, frame_step, fft_length)
    arguments = {"window": window, "fft_length": fft_length, "use_fft": use_fft}
    y = to_numpy(ops.stft(x.astype("float32"), frame_length, frame_step, **arguments))
    assert_close(y[..., 0] + 1j * y[..., 1], expected, 1e-6)


@pytest.mark.parametrize("samples", [1, 2, 63, 64, 65, 333])
@pytest.mark.parametrize("use_fft", [False, True])
def test_frames_that_are_not_centred_start_at_their_step(rng, samples, use_fft):
    x = rng.normal(size=samples)
    window = scipy.signal.get_window("hamming", 64)
    padded = np.pad(x, (0, 128))
    frames = 1 + -(-max(samples - 64, 0) // 24)
    expected = np.array(
        [np.fft.rfft(window * padded[24 * m :][:64], 128) for m in range(frames)]
    )
    y = to_numpy(
        ops.stft(
            x.astype("float32"),
            64,
            24,
            window="hamming",
            fft_length=128,
            center=False,
            use_fft=use_fft,
        )
    )
    assert_close(y[..., 0] + 1j * y[..., 1], expected, 1e-6)


@pytest.mark.parametrize("use_fft", [False, True])
@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize(
    ("frame_length", "frame_step", "window", "fft_length"),
    [
        (64, 32, "hamming", None),
        (64, 64, "rectangular", 128),
        (51, 40, "rectangular", 64),
        (64, 16, ("kaiser", 4.0), 96),
        (60, 20, np.hanning(62)[1:-1], 64),
    ],
    ids=str,
)
def test_inverse_reconstructs_with_other_windows(
    rng, frame_length, frame_step, window, fft_length, center, use_fft
):
    arguments = {
        "window": window,
        "fft_length": fft_length,
        "center": center,
        "use_fft": use_fft,
    }
    for samples in (1, 40, 64, 333):
        x = rng.normal(size=(2, samples)).astype("float32")
        y = ops.stft(x, frame_length, frame_step, **arguments)
        z = ops.istft(y, samples, frame_length, frame_step, **arguments)
        assert_close(to_numpy(z), x, 1e-4)


@pytest.mark.parametrize(
    ("window", "tolerance"), [("hann", 2e-5), ("sqrt_hann", 3e-6), ("blackman", 1e-3)]
)
def test_reconstructs_with_wide_steps_at_a_loss(rng, window, tolerance):
    x = rng.normal(size=(2, 2000)).astype("float32")
    y = ops.stft(x, 256, 192, window=window)
    z = ops.istft(y, 2000, 256, 192, window=window)
    assert_close(to_numpy(z), x, tolerance)


def test_ends_fade_out_without_centre(rng):
    x = rng.normal(size=(1, 1024)).astype("float32")
    y = ops.stft(x, 256, 64, center=False)
    z = to_numpy(ops.istft(y, None, 256, 64, center=False))
    assert z.shape == x.shape
    # The window is 0 at the first sample, and its square 1e-6 at the seventh.
    assert z[0, 0] == 0 and np.all(np.abs(z) <= 1.001 * np.abs(x))
    assert_close(z[:, 8:-8], x[:, 8:-8], 1e-4)


def test_inverse_is_the_nearest_signal(rng):
    # Griffin & Lim (1984): least squares over all spectrograms.
    frames, length, step = 6, 16, 6
    spectrum = rng.normal(size=(1, frames, 13, 2)).astype("float32")
    arguments = {"frame_length": length, "frame_step": step, "fft_length": 24}
    samples = (frames - 1) * step
    columns = to_numpy(ops.stft(np.eye(samples, dtype="float32"), **arguments))
    # Inner bins stand for their mirror images as well.
    weight = np.full((13, 1), 2**0.5)
    weight[0] = weight[-1] = 1
    basis = (columns * weight).reshape(samples, -1).T
    target = (spectrum[0] * weight)[: columns.shape[1]].reshape(-1)
    expected = np.linalg.lstsq(basis, target, rcond=None)[0]
    z = to_numpy(ops.istft(spectrum, samples, **arguments))[0]
    assert_close(z, expected, 1e-4)


def test_default_length_without_centre(rng):
    x = rng.normal(size=(3, 64 + 5 * 16)).astype("float32")
    arguments = {"window": "hamming", "center": False}
    y = ops.istft(ops.stft(x, 64, 16, **arguments), None, 64, 16, **arguments)
    assert_close(to_numpy(y), x, 1e-4)


def test_keeps_leading_axes(rng):
    x = rng.normal(size=(2, 3, 500)).astype("float32")
    y = ops.stft(x)
    assert tuple(y.shape) == (2, 3, 5, 129, 2)
    assert_close(to_numpy(ops.istft(y, 500)), x, 1e-5)


def test_default_length_is_that_of_the_frames(rng):
    x = rng.normal(size=(1, 384)).astype("float32")
    assert_close(to_numpy(ops.istft(ops.stft(x))), x, 1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame_length": 255}, "`frame_length` must be an even number"),
        ({"frame_step": 0}, "`frame_step` must be at least 1"),
        ({"fft_length": 255}, "`fft_length` must be even and at least `frame_length`"),
        ({"fft_length": 128}, "`fft_length` must be even and at least `frame_length`"),
        ({"window": "bartlett"}, '`window` must be one of "hann"'),
        ({"window": np.ones(255)}, "`window` must have `frame_length` values"),
        ({"padding": "same"}, '`padding` must be "constant" or "reflect"'),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ops.stft(np.zeros((1, 100), "float32"), **arguments)


@pytest.mark.parametrize(
    ("frame_length", "frame_step", "window", "center"),
    [
        (256, 256, "hann", True),
        (256, 256, "sqrt_hann", False),
        (256, 257, "rectangular", False),
        (4, 2, [0, 1, 0, 1], False),
        (4, 1, [0, 0, 0, 0], True),
    ],
)
def test_inverse_needs_windows_everywhere(frame_length, frame_step, window, center):
    x = np.zeros((1, 4, frame_length // 2 + 1, 2), "float32")
    with pytest.raises(ValueError, match="must sum to more than 0 at every sample"):
        ops.istft(x, None, frame_length, frame_step, window, center=center)


@pytest.mark.parametrize(
    ("frame_length", "frame_step"), [(256, 0), (256, 129), (255, 64)]
)
def test_losses_and_separators_need_precise_frames(frame_length, frame_step):
    with pytest.raises(ValueError, match=r"`frame_(step|length)` must"):
        check_frames(frame_length, frame_step)


def test_inverse_rejects_other_shapes():
    with pytest.raises(ValueError, match=r"\(\.\.\., frames, 129, 2\)"):
        ops.istft(np.zeros((1, 4, 128, 2), "float32"))
