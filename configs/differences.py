"""Paper against public code: the published setting with one change at a time.

Each change is a variant, of the published size or, after `small/`, of a size that a
CPU finishes (`configs/small.py` says what that changes). All of them:

    python -m studies.reproduce --study=differences --scale=small --data=mixtures \
        --workdir=small

The published setting is the public code's: 10 transforms, dropout 0.1, CSimLoss,
batch 24. `docs/paper.md` lists what paper and code say.

Cost and result: see `docs/paper.md`.

Variants: the names of `CHANGES`, or of `SMALL_CHANGES` after `small/`; `smoke` is a
tiny network and two short epochs, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs import complex_unet, real_unet
from configs.small import small

# What is set in the published setting, or in the real baseline, by its path.
CHANGES: dict[str, dict[str, object]] = {
    "published": {},
    "normalization_over_maps": {"model.paper_text": ("normalization",)},
    "csim_of_total": {"loss.imag_penalty": "total", "loss.imag_weight": 1.0},
    "csim_of_bins_light": {"loss.imag_weight": 1.0},
    "pit_per_utterance": {"loss.assignment": "utterance"},
    "film_offset_1": {"model.film_offset": (1.0, 0.0)},
    "film_offset_0": {"model.film_offset": (0.0, 0.0)},
    "he_scale": {"model.initializer_scale": "theory"},
    "downsample_first": {"model.paper_text": ("block_order",)},
    "drop_candidates": {"model.paper_text": ("candidate_dropout",)},
    "level": {"level": 0.1},
    "real_batch_norm": {},
    "real_instance_norm": {"model.normalization": "instance"},
}
# The small scale has one assignment for each mixture, and changes it to the code's.
SMALL_CHANGES = {
    "pit_per_batch" if name == "pit_per_utterance" else name: change
    for name, change in CHANGES.items()
} | {"pit_per_batch": {"loss.assignment": "batch"}}


def get_config(variant: str = "") -> ConfigDict:
    """Returns a configuration; `configs/common.py` explains the keys.

    Args:
        variant: A name of `CHANGES`, `small/` and one of `SMALL_CHANGES`, or
            `"smoke"`; empty for the published setting.
    """
    scale, _, name = variant.rpartition("/")
    changes = SMALL_CHANGES if scale == "small" else CHANGES
    if scale not in ("", "small") or name not in ("", "smoke", *changes):
        raise KeyError(
            'The variant must be "smoke", empty or one of '
            f"{', '.join(changes)}, also after small/. Received: variant={variant!r}."
        )
    base = real_unet if name.startswith("real") else complex_unet
    config = base.get_config()
    config.data.validation_sdr_mixtures = config.data.validation_mixtures
    if scale:
        config.model.num_residual_blocks = 1
        config.model.start_filters = 20 if base is real_unet else 10
        small(config)
    with config.unlocked():
        config.update_from_flattened_dict(changes.get(name, {}))
    if name == "smoke":
        complex_unet.smoke(config)
    return config
