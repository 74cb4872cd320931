"""Tests of the benchmark, on the smallest of networks."""

import keras
import pytest

from studies import benchmark
from zoo.models import MODELS

SMALL = {
    "RealUNet": '--arguments={"start_filters": 2, "num_residual_blocks": 0}',
    "ConvTasNet": '--arguments={"filters": 8, "num_blocks": 1, "num_repeats": 1}',
}


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports")
@pytest.mark.parametrize("model", SMALL)
def test_writes_a_table(run_command, tmp_path, model):
    output = tmp_path / "speed.md"
    status, out, err = run_command(
        benchmark,
        f"--model={model}",
        SMALL[model],
        "--frames=16",
        "--repeats=1",
        f"--output={output}",
    )
    assert status == 0, err
    rows = [line for line in output.read_text().splitlines() if line.startswith("|")]
    assert [row.split(" | ")[0] for row in rows[2:]] == [
        "| forward",
        "| training step",
        "| forward",
    ]
    assert output.read_text() in out + "\n"
    shape = {"RealUNet": "(1, 16, 129, 2)", "ConvTasNet": "(1, 1920)"}[model]
    assert f"input {shape}, " in output.read_text()


def test_names_an_unknown_task(run_command):
    status, _, err = run_command(benchmark, "--tasks=backward")
    assert status == 1
    assert "error: `tasks` must be of forward, training step, litert." in err


@pytest.mark.slow
def test_names_an_unknown_model(run_command):
    status, _, err = run_command(benchmark, "--model=UNet", "--tasks=forward")
    assert status == 1
    assert f"`model` must be one of {', '.join(sorted(MODELS))}." in err
    assert "Received: model=UNet" in err
