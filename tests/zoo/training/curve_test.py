"""Tests of the curve of a training."""

import pytest

pytest.importorskip("matplotlib")

from zoo.training import curve

HISTORY = """epoch,si_sdr_improvement,learning_rate
1,1.5,0.002
2,2.5,0.001
"""


def test_draws_a_history(run_command, tmp_path):
    (tmp_path / "history.csv").write_text(HISTORY)
    output = tmp_path / "curve.png"
    status, out, _ = run_command(curve, f"--workdir={tmp_path}", f"--output={output}")
    assert status == 0
    assert f"Wrote {output}." in out
    assert output.read_bytes().startswith(b"\x89PNG")


def test_names_a_directory_without_history(run_command, tmp_path):
    status, _, err = run_command(
        curve, f"--workdir={tmp_path}", f"--output={tmp_path}/curve.png"
    )
    assert status == 1
    assert "error: `workdir` must be the directory of a training" in err
