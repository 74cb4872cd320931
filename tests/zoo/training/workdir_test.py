import csv
import json

import pytest
from ml_collections import ConfigDict

from zoo.training import workdir


def make_config(**changes):
    config = {"epochs": 3, "max_minutes": 0.0, "model": {"filters": 4, "sizes": (1, 2)}}
    return ConfigDict(config | changes)


def test_writes_the_configuration_as_json(tmp_path):
    workdir.write_config(tmp_path, make_config())
    written = json.loads((tmp_path / "config.json").read_text())
    assert written["model"] == {"filters": 4, "sizes": [1, 2]}
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_goes_on_with_the_same_configuration_and_other_minutes(tmp_path):
    workdir.write_config(tmp_path, make_config())
    (tmp_path / "checkpoint.npz").touch()
    workdir.check_config(tmp_path, make_config(max_minutes=5.0))


def test_refuses_another_configuration_and_names_the_keys(tmp_path):
    workdir.write_config(tmp_path, make_config())
    (tmp_path / "checkpoint.npz").touch()
    other = make_config(epochs=4, model={"filters": 5, "sizes": (1, 2)})
    with pytest.raises(
        ValueError, match=r"other values of epochs, model.filters\. Use"
    ):
        workdir.check_config(tmp_path, other)


def test_takes_any_configuration_before_the_first_checkpoint(tmp_path):
    workdir.check_config(tmp_path, make_config())
    workdir.write_config(tmp_path, make_config())
    workdir.check_config(tmp_path, make_config(epochs=4))


def test_writes_the_history_as_csv(tmp_path):
    rows = [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}]
    workdir.write_history(tmp_path, rows[:1])
    workdir.write_history(tmp_path, rows)
    with open(tmp_path / "history.csv", newline="") as file:
        read = list(csv.DictReader(file))
    assert read == [{"epoch": "1", "loss": "0.5"}, {"epoch": "2", "loss": "0.25"}]
