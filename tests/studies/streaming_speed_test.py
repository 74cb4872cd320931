"""Tests of the command that measures live separation."""

import keras
import pytest

from studies import streaming_speed

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)


def test_prints_a_row_of_a_table(run_command, monkeypatch):
    tiny = {"filters": 8, "units": 4, "num_layers": 1, "causal": True}
    monkeypatch.setattr(streaming_speed, "ROWS", [("TasNet", tiny, 0, 0, 2)])
    status, out, err = run_command(streaming_speed, "--seconds=0.1")
    assert status == 0, err
    head, _, row = (line.strip("| ").split(" | ") for line in out.splitlines()[-3:])
    assert len(head) == len(row)
    assert row[:5] == ["`TasNet`", "0.00", "2", "10", "0"]
    assert 0 < float(row[5]) < 1
    assert float(row[6]) > 80


def test_refuses_no_time(run_command):
    status, _, err = run_command(streaming_speed, "--seconds=0")
    assert status == 1
    assert "`seconds` must be positive" in err
