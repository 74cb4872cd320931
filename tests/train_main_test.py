import csv
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile

from studies.reproduce.plan import rows_of_table
from zoo.presets.config_files import load_config
from zoo.training import train

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests/zoo/training/tiny_config.py"
SLOW = pytest.mark.slow
CONFIGS = sorted(path.stem for path in (ROOT / "configs").glob("*.py"))
# Theirs is that of complex_unet.py, with another loss or batch.
OTHERS = ("table", "differences", "common")
CONFIGS = [name for name in CONFIGS if not name.startswith(OTHERS)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder of 20 speakers, two of them for validation."""
    folder = tmp_path_factory.mktemp("data") / "speech"
    generator = np.random.default_rng(0)
    for speaker in range(20):
        (folder / str(speaker)).mkdir(parents=True)
        noise = generator.uniform(-0.5, 0.5, 5000)
        soundfile.write(folder / str(speaker) / "0.wav", noise, 8000)
    return folder


def arguments(config, workdir, corpus=None, *more):
    command = [f"--config={config}", f"--workdir={workdir}", *more]
    if corpus is not None:
        command.append(f"--config.data.corpora=({str(corpus)!r},)")
    return command


def run(*flags, program=("train_main.py",), **environment):
    return subprocess.run(
        [sys.executable, *program, *flags],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_killed_run_ends_as_one_that_was_not(corpus, tmp_path):
    flags = [
        arguments(TINY, tmp_path / name, corpus, "--config.epochs=5")
        for name in ("straight", "killed")
    ]
    process = subprocess.Popen(
        [sys.executable, "train_main.py", *flags[1]],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (tmp_path / "killed/checkpoint_previous.npz").exists():
        assert process.poll() is None, "It ended before it could be killed."
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for flag in flags:
        result = run(*flag)
        assert result.returncode == 0, result.stderr[-2000:]
    assert "Epoch 5: SI-SDR" in result.stdout
    files = [tmp_path / name / "checkpoint.npz" for name in ("straight", "killed")]
    with np.load(files[0]) as straight, np.load(files[1]) as killed:
        assert straight.files == killed.files
        for name in set(straight.files) - {"progress"}:
            np.testing.assert_array_equal(straight[name], killed[name])


WITHOUT_TENSORFLOW = """
import runpy, sys

class Forbid:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "tensorflow_io"):
            raise ImportError(f"{name} is forbidden.")

sys.meta_path.insert(0, Forbid())
sys.path.insert(0, ".")
runpy.run_path("train_main.py", run_name="__main__")
"""


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is missing.")
def test_trains_on_jax_without_tensorflow(corpus, tmp_path):
    result = run(
        *arguments(TINY, tmp_path / "run", corpus, "--config.epochs=2"),
        program=("-c", WITHOUT_TENSORFLOW),
        KERAS_BACKEND="jax",
    )
    assert result.returncode == 0, result.stderr[-2000:]
    written = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"best.keras", "checkpoint.npz", "config.json", "history.csv"} < written


TWO_DEVICES = """
import runpy, sys
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
devices = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, devices)
sys.path.insert(0, ".")
runpy.run_path("train_main.py", run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="MirroredStrategy is TensorFlow's."
)
def test_trains_on_two_devices_and_goes_on(corpus, tmp_path):
    flags = arguments(TINY, tmp_path / "run", corpus)
    for minutes, epoch in ((1e-9, 1), (0.0, 2)):
        more = (f"--config.max_minutes={minutes}", "--config.epochs=2")
        result = run(*flags, *more, program=("-c", TWO_DEVICES))
        assert result.returncode == 0, result.stderr[-2000:]
        assert "Using MirroredStrategy with devices" in result.stderr
        assert f"Epoch {epoch}: SI-SDR" in result.stdout


# What a row of the published tables is shrunk by. EVERY_ROW=1 trains all rows, and
# PUBLISHED_BATCH=1 with their batches, which take 12 GB even at this width.
NARROW = (
    "--config.model.start_filters=2",
    "--config.steps_per_epoch=2",
    "--config.epochs=1",
)
SHORT = (
    "--config.batch_size=2",
    "--config.data.segment_seconds=0.5",
    "--config.data.validation_mixtures=2",
    "--config.data.validation_seconds=0.5",
    "--config.data.validation_sdr_mixtures=2",
)


def rows_to_train():
    """Returns the names of all rows by table, or of a few that differ most."""
    few = {2: ["real_64_k2"], 3: ["complex_44_t10_csim_d0.1"]}
    if not os.environ.get("EVERY_ROW"):
        return [(table, name) for table, names in few.items() for name in names]
    # Those of Table 1 are rows of the other two.
    return [(n, row.name) for n in (2, 3) for row in rows_of_table(n)]


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory):
    """A folder of few mixtures of 2 to 4 s, as wsj0-2mix."""
    folder = tmp_path_factory.mktemp("mixtures")
    generator = np.random.default_rng(0)
    for subset in ("tr", "cv"):
        for number in range(3):
            sources = 0.1 * generator.normal(size=(2, 16000 + 8000 * number))
            signals = {"mix": sources.sum(axis=0), "s1": sources[0], "s2": sources[1]}
            for part, waveform in signals.items():
                path = folder / subset / part / f"{number}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, waveform, 8000)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("table", "name"), rows_to_train())
def test_a_row_of_the_published_tables_trains(mixtures, tmp_path, table, name):
    config = f"configs/table{table}.py:{name}"
    changes = NARROW if os.environ.get("PUBLISHED_BATCH") else NARROW + SHORT
    data = f"--config.data.mixtures={mixtures}"
    result = run(*arguments(config, tmp_path / "run", None, data, *changes))
    assert result.returncode == 0, result.stderr[-2000:]
    with open(tmp_path / "run/history.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert np.isfinite([float(row[k]) for k in ("loss", "sdr", "gradient_norm")]).all()
    assert row["skipped_steps"] == "0"


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGS)
def test_the_smoke_variant_of_each_configuration_trains(corpus, tmp_path, name):
    config = load_config(f"{name}.py", "smoke")
    config.data.corpora = (str(corpus),)
    train(config, tmp_path / "run")
    assert (tmp_path / "run/best.keras").is_file()


@pytest.mark.parametrize(
    ("flags", "status", "message"),
    [
        (["--config=configs/nowhere.py", "--workdir=x"], 1, "configs/nowhere.py"),
        (arguments("configs/quickstart.py:big", "x"), 2, "variant='big'"),
        pytest.param(
            arguments(TINY, "x", None, "--config.epoch=2"), 2, "epoch", marks=SLOW
        ),
        pytest.param(
            arguments(TINY, "x"), 1, "`data` must name what to train on", marks=SLOW
        ),
    ],
)
def test_an_error_is_one_line(flags, status, message):
    result = run(*flags)
    assert result.returncode == status, result.stderr[-2000:]
    (line,) = [text for text in result.stderr.splitlines() if "error:" in text]
    assert message in line
    assert "Traceback" not in result.stderr
    assert not (ROOT / "x").exists()
