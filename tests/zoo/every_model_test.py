"""Every network of the zoo on every way that leads from it: file, command, devices."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile

from configs import leaderboard
from tests.contract import TWO_DEVICES
from tests.deployment import two_devices
from zoo import evaluate, load_separator, separate
from zoo.presets.building import build_network, build_separator
from zoo.presets.objective import build_loss
from zoo.training.build import trained_part
from zoo.training.trainer import WaveformTrainer

ROOT = Path(__file__).parents[2]
RECURRENT = {"units": 4, "num_layers": 1, "embedding_size": 3}
TINY = {
    "complex_unet": {
        "start_filters": 2,
        "num_residual_blocks": 0,
        "num_transforms": 1,
    },
    "causal_complex_unet": {"start_filters": 2, "num_transforms": 1},
    "real_unet": {"start_filters": 2, "num_residual_blocks": 0},
    "deep_clustering": {**RECURRENT, "iterations": 3},
    "chimera": RECURRENT,
    "wa_misi": RECURRENT,
    "deep_attractor": {**RECURRENT, "iterations": 3},
    "anchored_deep_attractor": RECURRENT,
    "tasnet": {"filters": 8, "units": 8, "num_layers": 1},
    "conv_tasnet": {
        "filters": 8,
        "bottleneck_filters": 4,
        "hidden_filters": 6,
        "skip_filters": 4,
        "num_blocks": 2,
        "num_repeats": 1,
    },
}


def all_but(*names):
    return [name for name in TINY if name not in names]


every_model = pytest.mark.parametrize("name", TINY)
only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="It is TensorFlow's."
)


def tiny(name):
    config = leaderboard.get_config(name)
    config.model.update(TINY[name])
    return config


@pytest.fixture(scope="module")
def make_separator():
    """Returns a function that makes a separator, once for each network."""
    made = {}

    def make(name):
        if name not in made:
            config = tiny(name)
            made[name] = build_separator(build_network(config), config)
        return made[name]

    return make


def test_every_network_is_here():
    assert set(TINY) == set(leaderboard.ROWS)


@every_model
def test_a_file_separates_as_the_model_does(make_separator, tmp_path, name):
    separator = make_separator(name)
    separator.save(tmp_path / "model.keras")
    mixture = np.random.default_rng(0).normal(scale=0.1, size=4001)
    expected = separator.separate(mixture, 8000)
    actual = load_separator(tmp_path / "model.keras").separate(mixture, 8000)
    assert actual.shape == (2, 4001)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.one_fast_case
@every_model
def test_commands_separate_and_score(make_separator, tmp_path, run_command, name):
    make_separator(name).save(tmp_path / "model.keras")
    sources = np.random.default_rng(0).normal(scale=0.1, size=(2, 4001))
    signals = {"mix": sources.sum(axis=0), "s1": sources[0], "s2": sources[1]}
    for part, signal in signals.items():
        (tmp_path / "tt" / part).mkdir(parents=True)
        soundfile.write(tmp_path / "tt" / part / "1.wav", signal, 8000)
    model = f"--model={tmp_path / 'model.keras'}"
    output = f"--output_dir={tmp_path / 'out'}"
    status, _, err = run_command(separate, tmp_path / "tt/mix/1.wav", model, output)
    assert status == 0, err
    assert len(list((tmp_path / "out").glob("*.wav"))) == 2
    status, _, err = run_command(evaluate, f"--data={tmp_path / 'tt'}", model, output)
    assert status == 0, err
    report = json.loads((tmp_path / "out/metrics.json").read_text())
    assert np.isfinite(report["summary"]["si_sdr"]["mean"])


@only_tensorflow
@pytest.mark.slow
# The complex U-Net, which takes a minute, has tests of its own.
@pytest.mark.parametrize("name", all_but("complex_unet"))
def test_becomes_a_file_of_litert(make_separator, tmp_path, name):
    from zoo.export import export_litert

    path = tmp_path / "model.tflite"
    assert export_litert(make_separator(name), path, samples=2001) > 60


@only_tensorflow
@pytest.mark.skipif(TWO_DEVICES not in os.environ, reason="There is one device.")
@every_model
def test_learns_the_same_on_two(name, request):
    config = tiny(name)
    sources = np.random.default_rng(0).normal(scale=0.1, size=(4, 2, 2000))
    sources = sources.astype("float32")
    if name == "real_unet":
        # Batch normalization has the same statistics on devices that see the same.
        sources[2:] = sources[:2]
    if name in ("complex_unet", "real_unet"):
        # In float32, rounding moves the outputs of these by up to 1 %.
        keras.config.set_dtype_policy("float64")
        request.addfinalizer(lambda: keras.config.set_dtype_policy("float32"))
    lengths = np.full(4, sources.shape[-1], "int32")
    batch = sources.sum(axis=1), (sources, lengths)
    one = _trainer(config)
    with two_devices().scope():
        two = _trainer(config)
        two.set_weights(one.get_weights())
    losses = [
        m.fit(*batch, batch_size=4, shuffle=False, verbose=0).history["loss"]
        for m in (one, two)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-4)
    for weight, a, b in zip(
        one.weights, one.get_weights(), two.get_weights(), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5, err_msg=weight.path)


def _trainer(config):
    network = build_network(config)
    domain = build_separator(network, config).domain
    loss = build_loss(config, domain.name)
    optimizer = keras.optimizers.SGD(1e-3)
    return WaveformTrainer(trained_part(network, loss), domain, loss, optimizer)


@only_tensorflow
@pytest.mark.slow
@pytest.mark.skipif(TWO_DEVICES in os.environ, reason="This is the other process.")
def test_all_learn_the_same_on_two_devices():
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            __file__,
            "-k",
            "learns_the_same_on_two",
        ],
        cwd=ROOT,
        env={**os.environ, TWO_DEVICES: "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-5000:]
    assert f"{len(TINY)} passed" in result.stdout
