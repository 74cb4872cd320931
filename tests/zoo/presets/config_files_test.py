"""Tests of finding the files of configurations."""

import sys

import pytest

from zoo.presets import config_files


def test_reads_a_variant():
    config = config_files.load_config("conv_tasnet.py", "smoke")
    assert config.model.name == "ConvTasNet"
    assert config.epochs < config_files.load_config("conv_tasnet.py").epochs


def test_a_file_may_import_another_one():
    before = list(sys.path)
    file = config_files.run_config_file("table1.py")
    assert "real_64_k2" in file["ROWS"]
    assert sys.path == before


def test_names_the_place_of_a_missing_file():
    with pytest.raises(FileNotFoundError, match=r"must hold configs/lost\.py\. Rec"):
        config_files.load_config("lost.py")


def test_passes_on_what_a_file_says_of_its_variants():
    with pytest.raises(KeyError, match=r"variant=.+big"):
        config_files.load_config("conv_tasnet.py", "big")


def test_prefers_the_installed_package(tmp_path, monkeypatch):
    """There, configurations lie beside the modules and not above them."""
    for folder, value in (("zoo/configs", 1), ("configs", 2)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "one.py").write_text(f"VALUE = {value}")
    (tmp_path / "configs/two.py").write_text("VALUE = 3")
    monkeypatch.setattr(
        config_files, "__file__", str(tmp_path / "zoo/presets/module.py")
    )
    assert config_files.run_config_file("one.py")["VALUE"] == 1
    assert config_files.run_config_file("two.py")["VALUE"] == 3
