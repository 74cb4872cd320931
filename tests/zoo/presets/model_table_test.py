"""Tests of the table of all models."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zoo import presets
from zoo.presets import model_table

PAGE = Path(__file__).parents[3] / "docs/models.md"


@pytest.fixture(scope="module")
def rows():
    """Returns what the table has of each preset, which takes a while."""
    return {name: model_table.describe(name) for name in presets.described()}


def preset(file, variant="smoke", **more):
    return {
        "description": "",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": {"title": "Nobody, 1999", "link": "https://example.org"},
        "config": (file, variant),
        "published": None,
        **more,
    }


SCORES = {"data": "wsj0-2mix", "source": "Table 1", "sdr": 9.0}
FEW = {
    "embeddings": preset("deep_clustering.py"),
    "spectrogram": preset("real_unet.py", published=SCORES),
    "causal": preset(
        "conv_tasnet.py",
        changes={"model.causal": True, "model.normalization": "cumulative"},
        published={**SCORES, "sdr_improvement": 8.75, "si_sdr_improvement": 8.5},
    ),
    "oracle": preset("", config=None, oracle_mask="ibm"),
}


@pytest.fixture
def few(monkeypatch):
    """Small presets, one of each kind."""
    few = dict(FEW)
    shipped = {"embeddings": few.pop("embeddings")}
    monkeypatch.setattr(presets, "PRESETS", shipped)
    monkeypatch.setattr(presets, "PUBLISHED", few)
    monkeypatch.setattr(model_table, "PRESETS", shipped)


# Those of the papers, with the biases of Keras, and of the paper's public code.
PARAMETERS = {
    "complex_unet_wsj0_2mix": 14_039_077,
    "complex_unet_plain_wsj0_2mix": 4_235_727,
    "deep_clustering_wsj0_2mix": 18_345_960,
    "chimera_wsj0_2mix": 32_846_838,
    "deep_attractor_wsj0_2mix": 9_069_780,
    "anchored_deep_attractor_wsj0_2mix": 9_069_900,
    "conv_tasnet_wsj0_2mix": 5_050_545,
    "conv_tasnet_causal_wsj0_2mix": 5_050_545,
}


@pytest.mark.slow
def test_networks_have_the_published_numbers_of_parameters(rows):
    found = {name: rows[name]["parameters"] for name in PARAMETERS}
    assert found == PARAMETERS


@pytest.mark.slow
def test_the_page_is_up_to_date(rows):
    _, _, text = PAGE.read_text("utf-8").partition("<!-- begin models -->\n\n")
    text, _, _ = text.partition("\n<!-- end models -->")
    table = model_table.markdown(list(rows.values()))
    assert text == table, "Run `python -m zoo.models --insert_into=docs/models.md`."


@pytest.mark.slow
def test_no_network_hides_much_in_what_is_not_counted(rows):
    """What the count leaves out has no weights, but for the anchors of a few bytes."""
    for name, preset in presets.described().items():
        if preset["config"] is None:
            continue
        left_out = rows[name]["multiply_adds_left_out"]
        network = presets.from_preset(name, load_weights=False).network
        parts = [la for la in network.layers if type(la).__name__ in left_out]
        hidden = sum(int(np.prod(w.shape)) for la in parts for w in la.weights)
        assert hidden < 1e-3 * rows[name]["parameters"], name


def test_tells_what_a_network_takes_and_costs(few):
    embeddings, spectrogram, causal, oracle = map(model_table.describe, FEW)
    assert [row["representation"] for row in (spectrogram, embeddings, causal)] == [
        "complex spectrogram",
        "magnitude",
        "waveform",
    ]
    assert (causal["model"], causal["latency_ms"]) == ("ConvTasNet", 2.0)
    assert spectrogram["latency_ms"] is None
    assert embeddings["multiply_adds_left_out"] == ["KMeansMasks"]
    assert (oracle["parameters"], oracle["multiply_adds_per_second"]) == (0, None)
    # 4 units, 3 dimensions of embeddings, and 1251 frames in 10 s.
    frame = 2 * 4 * 4 * (129 + 4) + 8 * 129 * 3
    assert embeddings["multiply_adds_per_second"] == 1251 * frame / 10
    parameters = 2 * 4 * 4 * (129 + 4 + 1) + 9 * 129 * 3
    assert embeddings["parameters"] == parameters


def test_prints_a_table(few, run_command):
    status, out, err = run_command(model_table)
    assert status == 0, err
    head, *lines = out.splitlines()
    assert head.split()[:2] == ["name", "model"]
    assert [line.split()[0] for line in lines] == list(FEW)
    assert " k/s + KMeansMasks  whole file  yes" in lines[0]
    assert lines[1].endswith("whole file           Nobody, 1999  SDR 9.0 on wsj0-2mix")
    assert " 2 ms " in lines[2]
    assert lines[2].endswith("SI-SDRi 8.5, SDRi 8.75, SDR 9.0 on wsj0-2mix")
    # Columns begin at one place.
    assert len({line.index("Nobody") for line in lines}) == 1


def test_prints_json_without_rounding(few, run_command):
    status, out, _ = run_command(model_table, "--format=json")
    assert status == 0
    table = json.loads(out)
    assert [row["name"] for row in table] == list(FEW)
    for row, expected in zip(table, json.loads(json.dumps(FEW)).values(), strict=True):
        assert {key: row[key] for key in expected} == expected
    assert [row["weights"] for row in table] == [True, False, False, False]
    assert table[0]["parameters"] > 1000


def test_inserts_the_table_into_a_document(few, run_command, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- begin models -->\nold\n<!-- end models -->\nafter\n")
    flags = ["--format=markdown", f"--insert_into={page}"]
    status, out, err = run_command(model_table, *flags)
    assert status == 0, err
    text = page.read_text()
    assert out in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("<!-- end models -->\nafter\n")
    assert "| ---: |" in out
    assert "[Nobody, 1999](https://example.org)" in out


def test_rejects_a_document_without_marks(few, run_command, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("text\n")
    status, _, err = run_command(model_table, f"--insert_into={page}")
    assert status == 1
    assert "must hold <!-- begin models --> and <!-- end models -->" in err


def test_takes_flags_only(run_command):
    status, _, err = run_command(model_table, "conv_tasnet")
    assert status == 2
    assert "Unexpected argument: conv_tasnet" in err


@pytest.mark.slow
def test_is_the_command_of_the_models():
    result = subprocess.run(
        [sys.executable, "-m", "zoo.models", "--format=xml"],
        cwd=PAGE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "value should be one of <text|markdown|json>" in result.stderr


def test_takes_the_paper_of_the_network_unless_it_has_another(few, monkeypatch):
    assert model_table.describe("spectrogram")["paper"]["title"] == "Nobody, 1999"
    for name in ("spectrogram", "oracle"):
        monkeypatch.delitem(presets.PUBLISHED[name], "paper")
    spectrogram, oracle = map(model_table.describe, ("spectrogram", "oracle"))
    assert spectrogram["paper"]["title"] == "Deep Complex Extractors, 2019"
    assert oracle["paper"]["title"] == "Luo & Mesgarani, 2019"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (999, "999"),
        (1071581, "1.07 M"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),
        (120.4e9, "120 G"),
        (5.0007e9, "5.00 G"),
    ],
)
def test_rounds_as_papers_do(value, expected):
    assert model_table.rounded(value) == expected
