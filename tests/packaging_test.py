"""Tests of what the distribution holds and says of itself."""

import itertools
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import setuptools

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture
def layout(monkeypatch):
    """What `setup.py` says: packages and where they lie."""
    said = {}
    monkeypatch.setattr(setuptools, "setup", said.update)
    monkeypatch.chdir(ROOT)
    runpy.run_path("setup.py")
    return said


def test_every_folder_of_code_is_installed_and_nothing_beside_it(layout):
    folders = {
        path.parent.relative_to(ROOT)
        for top in ("keras_complex", "zoo")
        for path in (ROOT / top).rglob("*.py")
    }
    data = {"zoo.configs", "zoo.saved_models"}
    found = {".".join(folder.parts) for folder in folders}
    assert set(layout["packages"]) == found | data


def test_data_of_the_package_is_where_it_says(layout):
    for folder in layout["package_dir"].values():
        assert (ROOT / folder).is_dir()


def test_both_packages_have_the_version_and_import_nothing_for_it():
    program = (
        "import sys, keras_complex, zoo\n"
        "assert 'importlib.metadata' not in sys.modules\n"
        "print(keras_complex.__version__, zoo.__version__, 'keras' in sys.modules)"
    )
    printed = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT)
    assert printed.decode().split() == [PROJECT["version"]] * 2 + ["False"]


def test_the_citation_has_the_version_and_the_licence():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"version: {PROJECT['version']}\n" in citation
    assert f"license: {PROJECT['license']}\n" in citation


def test_the_changelog_knows_the_version():
    """As a release, or in the words above what is to be released."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"[{PROJECT['version']}]" in text


def test_contributing_says_what_each_dependency_is_for():
    _, _, table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| package |")
    rows = " ".join(line.split("|")[1] for line in table.splitlines() if "|" in line)
    explained = set(re.findall(r"[\w-]+", rows))
    extras = PROJECT["optional-dependencies"].values()
    wanted = itertools.chain(PROJECT["dependencies"], *extras)
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in wanted}
    assert names <= explained, f"The table lacks {names - explained}."
