"""The paper's comparisons at a size that a CPU finishes.

A study of directions: every network is small, every training is short, and all
see the same number of mixtures. Each row is a variant; all of a table:

    python -m zoo.mix --corpus=FOLDER,FOLDER --split_file=FILE --output_dir=mixtures \
        --num_mixtures=3000,40,40
    python -m studies.reproduce --table=1 --scale=small --data=mixtures --workdir=small

What differs from the published protocol: 10 filters and 1 residual block; 480 steps
on batches of 4 parts of 1 s; Adam, its rate a cosine from 2e-3, for with the published
schedule so compressed, networks that learn by L2 ended at half the mixture for both
speakers; one assignment of speakers for each mixture, with which they leave it sooner
than with one for the batch; CSimLoss with the weight 60 of the imaginary part. That
part is a sum over bins of products of normalised values, and so falls with their
number: 60 weighs it in 1 s as 1e4 does in a batch of 160 s, 40 parts of 4 s.

The real networks have as many real maps as the complex ones have real and imaginary
parts, hence as many multiplications (`real_20`), or as many parameters (`real_14`).

Cost and result: see `docs/paper.md`.

Variants: the names of `ROWS`; `smoke` is a tiny network and two short epochs, to see
that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant, cosine
from configs.complex_unet import published, smoke

# Model, filters, transforms, dropout, loss; then the row of the paper's tables that it
# stands for, if there is one: the paper has no real network with CSimLoss.
ROWS: dict[str, tuple[str, int, int, float, str, str | None]] = {
    "real_20": ("RealUNet", 20, 0, 0.0, "l2", "real_64_k1"),
    "real_14": ("RealUNet", 14, 0, 0.0, "l2", "real_64_k1"),
    "real_20_csim": ("RealUNet", 20, 0, 0.0, "csim", None),
    "real_14_csim": ("RealUNet", 14, 0, 0.0, "csim", None),
}
# Table 2: losses and numbers of transforms.
for _transforms in (0, 5, 10, 15):
    for _loss in ("l2", "csim", "l2time", "costime"):
        ROWS[f"complex_t{_transforms}_{_loss}"] = (
            "ComplexUNet",
            10,
            _transforms,
            0.0,
            _loss,
            f"complex_40_t{_transforms}_{_loss}",
        )
# Table 3: dropout.
for _dropout in (0.1, 0.2, 0.3, 0.4):
    for _loss in ("l2", "csim"):
        for _transforms in (5, 10, 15):
            ROWS[f"complex_t{_transforms}_{_loss}_d{_dropout}"] = (
                "ComplexUNet",
                10,
                _transforms,
                _dropout,
                _loss,
                f"complex_44_t{_transforms}_{_loss}_d{_dropout}",
            )

# The comparisons that carry the paper, in Table 1; all others in Tables 2 and 3.
TABLES = {
    1: (
        "real_20",
        "real_14",
        "real_20_csim",
        "real_14_csim",
        "complex_t0_l2",
        "complex_t10_l2",
        "complex_t0_csim",
        "complex_t10_csim",
        "complex_t10_l2time",
        "complex_t10_costime",
        "complex_t5_csim",
        "complex_t15_csim",
        "complex_t10_csim_d0.1",
        "complex_t10_csim_d0.2",
        "complex_t10_csim_d0.3",
        "complex_t10_csim_d0.4",
    ),
    2: tuple(name for name, row in ROWS.items() if row[3] == 0),
    3: tuple(
        name
        for name, row in ROWS.items()
        if row[0] == "ComplexUNet" and row[4] in ("l2", "csim")
    ),
}

# What the paper says, as the row ahead and the row behind: here, and in its tables, if
# they have both.
DIRECTIONS = (
    (
        "complex over real, equal multiplications, L2",
        ("complex_t0_l2", "real_20"),
        ("complex_32_k1", "real_64_k1"),
    ),
    (
        "complex over real, equal parameters, L2",
        ("complex_t0_l2", "real_14"),
        ("complex_32_k2", "real_64_k1"),
    ),
    (
        "complex over real, equal multiplications, CSimLoss",
        ("complex_t0_csim", "real_20_csim"),
        None,
    ),
    (
        "complex over real, equal parameters, CSimLoss",
        ("complex_t0_csim", "real_14_csim"),
        None,
    ),
    (
        "the extractor helps, L2",
        ("complex_t10_l2", "complex_t0_l2"),
        ("complex_40_t10_l2", "complex_40_t0_l2"),
    ),
    (
        "the extractor helps, CSimLoss",
        ("complex_t10_csim", "complex_t0_csim"),
        ("complex_40_t10_csim", "complex_40_t0_csim"),
    ),
    (
        "CSimLoss over L2 of spectrograms",
        ("complex_t10_csim", "complex_t10_l2"),
        ("complex_40_t10_csim", "complex_40_t10_l2"),
    ),
    (
        "CSimLoss over L2 of waveforms",
        ("complex_t10_csim", "complex_t10_l2time"),
        ("complex_40_t10_csim", "complex_40_t10_l2time"),
    ),
    (
        "CSimLoss over the cosine of waveforms",
        ("complex_t10_csim", "complex_t10_costime"),
        ("complex_40_t10_csim", "complex_40_t10_costime"),
    ),
    (
        "5 transforms over none",
        ("complex_t5_csim", "complex_t0_csim"),
        ("complex_40_t5_csim", "complex_40_t0_csim"),
    ),
    (
        "10 transforms over 5",
        ("complex_t10_csim", "complex_t5_csim"),
        ("complex_40_t10_csim", "complex_40_t5_csim"),
    ),
    (
        "15 transforms over 10",
        ("complex_t15_csim", "complex_t10_csim"),
        ("complex_40_t15_csim", "complex_40_t10_csim"),
    ),
    (
        "dropout 0.1 over none",
        ("complex_t10_csim_d0.1", "complex_t10_csim"),
        ("complex_44_t10_csim_d0.1", "complex_44_t10_csim"),
    ),
    (
        "dropout 0.2 over none",
        ("complex_t10_csim_d0.2", "complex_t10_csim"),
        ("complex_44_t10_csim_d0.2", "complex_44_t10_csim"),
    ),
    (
        "dropout 0.3 over none",
        ("complex_t10_csim_d0.3", "complex_t10_csim"),
        ("complex_44_t10_csim_d0.3", "complex_44_t10_csim"),
    ),
    (
        "dropout 0.4 over none",
        ("complex_t10_csim_d0.4", "complex_t10_csim"),
        ("complex_44_t10_csim_d0.4", "complex_44_t10_csim"),
    ),
)


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration of a row; `configs/common.py` explains the keys.

    Args:
        variant: A name of `ROWS`, or `"smoke"`; empty for 10 transforms and CSimLoss.
    """
    check_variant(variant, *ROWS)
    row = ROWS.get(variant, ROWS["complex_t10_csim"])
    model, filters, transforms, dropout, loss, _ = row
    config = published(loss, model, filters, 1, transforms, dropout)
    small(config)
    if variant == "smoke":
        smoke(config)
    return config


def small(config: ConfigDict) -> None:
    """Shortens a training of the published protocol."""
    config.loss.assignment = "utterance"
    if config.loss.name == "csim":
        config.loss.imag_weight = 60.0
    config.optimizer = ConfigDict(
        {
            "name": "adam",
            "max_norm": 1.0,
            "l2_decay": 0.0,
            "use_ema": False,
            "ema_momentum": 0.999,
        }
    )
    config.schedule = cosine(2e-3)
    config.data.update(
        segment_seconds=1.0,
        validation_mixtures=16,
        validation_seconds=2.0,
        validation_sdr_mixtures=16,
    )
    config.batch_size = 4
    config.steps_per_epoch = 40
    config.epochs = 12
    config.preview_every_epochs = 0
