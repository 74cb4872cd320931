import sys

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="The extra `demo` is not installed.")

import matplotlib.figure
import matplotlib.image

from zoo.training import plots

SAMPLE_RATE = 8000


@pytest.fixture
def figures(monkeypatch):
    """Collects the figures that are drawn."""
    made = []
    new_figure = plots._new_figure
    monkeypatch.setattr(
        plots,
        "_new_figure",
        lambda **kwargs: made.append(new_figure(**kwargs)) or made[-1],
    )
    return made


def tones(*frequencies_hz, samples=4000):
    time = np.arange(samples) / SAMPLE_RATE
    return np.stack([np.sin(2 * np.pi * f * time) for f in frequencies_hz])


def test_draws_a_row_per_signal_with_units_on_every_axis(tmp_path, figures):
    sources = tones(500, 2000)
    path = tmp_path / "new" / "picture.png"
    plots.plot_separation(path, sources.sum(0), sources, sources, SAMPLE_RATE)
    height, width, _ = matplotlib.image.imread(path).shape
    assert width == 1200 and height > 900
    panels = [axis for axis in figures[0].axes if axis.get_title()]
    assert [axis.get_title() for axis in panels] == [
        f"{signal}: {part}"
        for signal in (
            "mixture",
            "estimate 1",
            "reference 1",
            "estimate 2",
            "reference 2",
        )
        for part in ("magnitude", "phase")
    ]
    labels = {axis.get_ylabel() for axis in figures[0].axes}
    labels |= {axis.get_xlabel() for axis in figures[0].axes}
    assert labels == {
        "",
        "time (s)",
        "frequency (kHz)",
        "phase (rad)",
        "magnitude (dB of the signal's largest)",
    }


def test_a_tone_lies_at_its_frequency_and_its_relative_level(tmp_path, figures):
    sources = tones(500, 2000) * [[1.0], [0.1]]
    mixture = sources.sum(axis=0)
    plots.plot_separation(tmp_path / "a.png", mixture, sources, sources, SAMPLE_RATE)
    images = {
        axis.get_title(): axis.images[0] for axis in figures[0].axes if axis.images
    }
    image = images["reference 2: magnitude"]
    left, right, bottom, top = image.get_extent()
    assert (left, right) == pytest.approx((-0.008, 0.52))
    assert (bottom, top) == pytest.approx((-0.015625, 4.015625))
    column = np.asarray(image.get_array())[:, 16]
    place = np.argmax(column)
    frequency_khz = bottom + (place + 0.5) * (top - bottom) / len(column)
    assert frequency_khz == pytest.approx(2.0)
    assert column[place] == pytest.approx(0, abs=0.1)
    mixed = np.asarray(images["mixture: magnitude"].get_array())[:, 16]
    assert mixed.max() == pytest.approx(0, abs=0.1)
    assert mixed[place] == pytest.approx(-20, abs=0.1)


def test_phase_is_that_at_the_centre_of_a_frame_and_blank_in_silence(tmp_path, figures):
    cosine = np.cos(2 * np.pi * 500 * np.arange(4000) / SAMPLE_RATE)
    silence = np.zeros_like(cosine)
    plots.plot_separation(
        tmp_path / "a.png", cosine, cosine[None], silence[None], SAMPLE_RATE
    )
    images = {
        axis.get_title(): axis.images[0] for axis in figures[0].axes if axis.images
    }
    phase = images["mixture: phase"].get_array()
    # 500 Hz is bin 16, whose period divides the hop: phase 0 in every full frame.
    np.testing.assert_allclose(phase[15:18, 2:-2], 0, atol=1e-3)
    assert np.ma.getmaskarray(images["reference 1: phase"].get_array()).all()


def test_shapes_that_do_not_fit_are_errors(tmp_path):
    sources = tones(500, 2000)
    with pytest.raises(ValueError, match=r"must have the shape.*estimates=\(2, 10\)"):
        plots.plot_separation(
            tmp_path / "a.png", sources[0], sources[:, :10], sources, SAMPLE_RATE
        )


def test_says_which_extra_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    sources = tones(500, 2000)
    with pytest.raises(ModuleNotFoundError, match=r"keras-complex-zoo\[demo\]"):
        plots.plot_separation(
            tmp_path / "a.png", sources.sum(0), sources, sources, SAMPLE_RATE
        )
