"""Tests of what stands in a leaderboard."""

import pytest

from studies.leaderboard.entries import ORACLES, make_entries, names_of_networks
from zoo.models import MODELS
from zoo.models.oracle_masks import ORACLE_MASKS
from zoo.presets.building import build_network


def test_every_model_of_the_zoo_has_a_network():
    entries = make_entries(list(names_of_networks()), "mixtures", 2, 5.0)
    assert {entry.config.model.name for entry in entries} == set(MODELS)


def test_all_have_the_same_time_and_data():
    for entry in make_entries(list(names_of_networks()), "mixtures", 2, 5.0):
        configs = [c for c in (entry.first, entry.config) if c is not None]
        assert sum(config.schedule.cpu_minutes for config in configs) == 5.0
        assert {config.data.mixtures for config in configs} == {"mixtures"}
        assert {config.data.segment_seconds for config in configs} == {1.0}


@pytest.mark.parametrize("name", names_of_networks())
def test_networks_separate_as_many_speakers_as_the_mixtures_have(name):
    (entry,) = make_entries([name], "mixtures", 3, 5.0)
    assert build_network(entry.config).num_speakers == 3


def test_what_begins_with_other_weights_has_their_network():
    (entry,) = make_entries(["wa_misi"], "mixtures", 2, 5.0)
    first, own = entry.first.model.to_dict(), entry.config.model.to_dict()
    assert own.pop("misi_iterations") > 0
    assert own.pop("frame_step") == entry.config.stft.frame_step
    assert first == own


def test_oracles_are_those_of_published_tables_and_the_complex_one():
    (entry,) = make_entries(["oracle_psm"], "mixtures", 2, 5.0)
    assert (entry.mask, entry.config) == ("psm", None)
    assert {name.removeprefix("oracle_") for name in ORACLES} < set(ORACLE_MASKS)


def test_changes_reach_every_configuration():
    entries = make_entries(["tasnet", "wa_misi"], "m", 2, 5.0, ["batch_size=8"])
    assert entries[0].config.batch_size == 8
    assert entries[1].config.batch_size == entries[1].first.batch_size == 8


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["tasnet", "tasnet"], "must name each once. Received: tasnet,tasnet"),
        (["oracle_xrm"], "oracle must be one of .*oracle_crm.*'oracle_xrm'"),
        (["tas_net"], "--models must name trained models, or some of .*tasnet"),
    ],
)
def test_refuses_names_of_nothing(names, message):
    with pytest.raises(ValueError, match=message):
        make_entries(names, "mixtures", 2, 5.0)
