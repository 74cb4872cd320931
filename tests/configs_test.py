import importlib.util
from pathlib import Path

import pytest

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.py"))
# It has what they share, and is none.
CONFIGS = [path for path in CONFIGS if path.stem != "common"]


def get_config(path, *variant):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.get_config(*variant)


def flat(config):
    """Returns the two levels as one, but for what depends on a name."""
    for key, value in config.to_dict().items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", v) for name, v in value.items())
        else:
            yield key, value


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_has_the_keys_that_all_have(path):
    named = ("model.", "loss.", "optimizer.", "schedule.")
    one, other = (
        {key for key, _ in flat(get_config(p)) if not key.startswith(named)}
        for p in (path, CONFIGS[0])
    )
    assert one == other


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_flags_can_override_every_value(path):
    for key, value in flat(get_config(path)):
        assert isinstance(value, (bool, int, float, str, tuple)), key


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_smoke_is_short_and_other_variants_are_refused(path):
    config = get_config(path, "smoke")
    assert config.epochs * config.steps_per_epoch <= 4
    with pytest.raises(KeyError, match=r"must be .smoke.*Received: variant=.+big"):
        get_config(path, "big")


def test_a_network_and_its_loss_agree_after_an_override():
    (path,) = (path for path in CONFIGS if path.stem == "deep_attractor")
    config = get_config(path)
    config.model.mask_activation = "sigmoid"
    assert config.loss.mask_activation == "sigmoid"
