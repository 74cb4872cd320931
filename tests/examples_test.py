"""Tests of the notebooks of `examples`: they run, and show what they say."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


@pytest.fixture
def run(monkeypatch):
    """Returns a function that runs a notebook, and gives its printed lines as one."""
    # The kernel starts in the folder of the notebook, as Jupyter does.
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)

    def run(name):
        path = ROOT / "examples" / name
        notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(path.parent)}}
        NotebookClient(notebook, timeout=600, resources=resources).execute()
        outputs = [
            output
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if output.output_type != "stream" or output.name == "stdout"
        ]
        pictures = sum("image/png" in output.get("data", {}) for output in outputs)
        sounds = sum("audio" in str(output.get("data", {})) for output in outputs)
        return "".join(o.get("text", "") for o in outputs), pictures, sounds

    return run


@pytest.mark.slow
def test_the_separation_shows_and_plays_what_it_scores(run):
    text, pictures, sounds = run("separate_a_recording.ipynb")
    (improvement,) = re.findall(r"mean improvement: (\S+) dB", text)
    assert 7 < float(improvement) < 9
    assert (pictures, sounds) == (1, 3)


@pytest.mark.slow
def test_the_complex_network_is_ahead_and_does_not_mind_the_phase(run):
    text, pictures, _ = run("complex_network_for_mri.ipynb")
    (zero_filled,) = re.findall(r"no network: (\S+) dB", text)
    scores = re.findall(r"(complex|real): (\S+) dB, turned (\S+) dB", text)
    plain = {name: float(score) for name, score, _ in scores}
    turned = {name: float(score) for name, _, score in scores}
    assert plain["complex"] > plain["real"] > float(zero_filled) + 3
    assert abs(turned["complex"] - plain["complex"]) < 0.02
    assert turned["real"] < plain["real"] - 2
    assert pictures == 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_outputs(path):
    """They would differ from one machine to the next, and fill the repository."""
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
