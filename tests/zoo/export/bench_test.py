"""Tests of the measurement of exported files."""

import json

import keras
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

pytest.importorskip("ai_edge_litert")

import tensorflow as tf

import zoo
from zoo.export import bench as bench_export
from zoo.export import export_litert, export_saved_model, export_streaming_litert
from zoo.models import TasNet


@pytest.fixture
def exported(tmp_path, make_band_separator):
    path = tmp_path / "model.tflite"
    export_litert(make_band_separator(), path, resizable=True)
    return path


def test_prints_time_memory_and_operations(exported, run_command):
    status, out, err = run_command(bench_export, exported, "--repeats=3")
    assert status == 0, err
    for part in ("LiteRT", "| sound in a run, s | 1 |", "peak memory", "| RESHAPE |"):
        assert part in out
    assert "The time of each operation is not measured" in out


def test_prints_json(exported, run_command):
    arguments = ["--json", "--repeats=4", "--seconds=0.5", "--threads=2"]
    status, out, err = run_command(bench_export, exported, *arguments)
    assert status == 0, err
    report = json.loads(out)
    assert report["shapes"] == [[1, 4000]] and report["seconds_of_sound"] == 0.5
    assert len(report["times"]) == 4 and min(report["times"]) > 0
    assert report["bytes"] == exported.stat().st_size
    # LiteRT and NumPy: TensorFlow or Keras would take several times that.
    assert report["memory_before"] < report["peak_memory"] < 150e6


@pytest.mark.slow
def test_measures_a_saved_model(tmp_path, make_band_separator):
    export_saved_model(make_band_separator(), tmp_path / "exported")
    report = bench_export.bench(tmp_path / "exported", seconds=0.25, repeats=2)
    assert report["runtime"].startswith("TensorFlow")
    assert report["shapes"] == [[1, 2000]]


def test_refuses_files_that_are_none(tmp_path, run_command):
    (tmp_path / "model.tflite").write_text("A text.")
    (tmp_path / "folder").mkdir()
    broken = b"\x1c\x00\x00\x00TFL3" + bytes(8)
    (tmp_path / "broken.tflite").write_bytes(broken)
    for name, message in {
        "nothing.tflite": "There is no file",
        "model.tflite": "must be a TFLite file or the folder",
        "folder": "must be a SavedModel",
        "broken.tflite": "must be whole",
    }.items():
        status, _, err = run_command(bench_export, tmp_path / name)
        assert status == 1 and message in err and "Traceback" not in err, err
    status, _, err = run_command(bench_export)
    assert status == 2 and "Exactly one file" in err


def test_refuses_what_does_not_run(tmp_path, exported, make_band_separator):
    with pytest.raises(ValueError, match=r"`sample_rate` must be given"):
        path = exported.rename(tmp_path / "other.tflite")
        bench_export.bench(path, seconds=1.0)
    fixed = tmp_path / "fixed.tflite"
    export_litert(make_band_separator(), fixed, samples=800)
    with pytest.raises(ValueError, match=r"take any length.*fixed.tflite"):
        bench_export.bench(fixed, seconds=1.0)


def test_measures_a_step_of_a_stream_by_what_it_finishes(tmp_path):
    network = TasNet(2, 8, 40, 8, 1, causal=True)
    separator = zoo.Separator(network, 8000, frame_length=0, level=None)
    path = tmp_path / "step.tflite"
    export_streaming_litert(separator, path, frames_per_step=4)
    assert bench_export.bench(path, repeats=1)["seconds_of_sound"] == 160 / 8000


def test_refuses_operations_of_tensorflow(tmp_path):
    module = tf.Module()
    spec = tf.TensorSpec((1, 4), name="x")
    module.run = tf.function(
        lambda x: tf.signal.irfft(tf.cast(x, tf.complex64)), input_signature=[spec]
    )
    tf.saved_model.save(module, str(tmp_path / "m"), signatures={"run": module.run})
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "m"))
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS,
        tf.lite.OpsSet.SELECT_TF_OPS,
    ]
    (tmp_path / "flex.tflite").write_bytes(converter.convert())
    with pytest.raises(ValueError, match=r"built-in operations. Received: .*Flex"):
        bench_export.bench(tmp_path / "flex.tflite")


def test_a_truncated_file_does_not_end_in_a_traceback(exported):
    content = exported.read_bytes()
    exported.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"must be whole"):
        bench_export.bench(exported)
