"""Tests of the benchmark, on the smallest of networks."""

import keras
import pytest

from zoo import benchmark

SMALL = '--arguments={"start_filters": 2, "num_residual_blocks": 0}'


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports")
def test_writes_a_table(run_command, tmp_path):
    output = tmp_path / "speed.md"
    status, out, err = run_command(
        benchmark,
        "--model=RealUNet",
        SMALL,
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


def test_names_an_unknown_task(run_command):
    status, _, err = run_command(benchmark, "--tasks=backward")
    assert status == 1
    assert "error: `tasks` must be of forward, training step, litert." in err


@pytest.mark.slow
def test_names_an_unknown_model(run_command):
    status, _, err = run_command(benchmark, "--model=UNet", "--tasks=forward")
    assert status == 1
    assert "`model` must be one of ComplexUNet, RealUNet. Received: model=UNet" in err
