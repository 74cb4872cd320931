"""Table 2 of the paper: losses and numbers of transforms.

Each row is a variant. One row, and all of them with evaluation, table and figures:

    python train_main.py --config=configs/table2.py:complex_40_t10_csim \
        --workdir=runs/complex_40_t10_csim \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min
    python -m studies.reproduce --table=2 --data=wsj0-2mix/2speakers/wav8k/min \
        --workdir=reproduction

Cost: 200 epochs of 20,000 mixtures for each row; the authors took 8 V100.
Result: not trained with this program yet; the published scores are in `ROWS`.

Variants: the names of `ROWS`; `smoke` is a tiny network and two short epochs of the
row with the best score, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant
from configs.complex_unet import published, smoke

# Model, filters, residual blocks, transforms, dropout, loss; then, as printed in the
# paper, millions of parameters and test SDR in dB.
ROWS = {
    "real_64_k1": ("RealUNet", 64, 1, 0, 0.0, "l2", 8.45, 4.59),
    "real_64_k2": ("RealUNet", 64, 2, 0, 0.0, "l2", 14.76, 7.92),
    "complex_32_k1": ("ComplexUNet", 32, 1, 0, 0.0, "l2", 4.29, 9.61),
    "complex_32_k2": ("ComplexUNet", 32, 2, 0, 0.0, "l2", 7.4, 9.70),
    "complex_40_t0_l2": ("ComplexUNet", 40, 2, 0, 0.0, "l2", 11.55, 10.30),
    "complex_40_t0_csim": ("ComplexUNet", 40, 2, 0, 0.0, "csim", 11.55, 10.21),
    "complex_40_t0_l2time": ("ComplexUNet", 40, 2, 0, 0.0, "l2time", 11.55, 9.31),
    "complex_40_t0_costime": ("ComplexUNet", 40, 2, 0, 0.0, "costime", 11.55, 9.34),
    "complex_40_t5_l2": ("ComplexUNet", 40, 2, 5, 0.0, "l2", 11.57, 10.58),
    "complex_40_t5_csim": ("ComplexUNet", 40, 2, 5, 0.0, "csim", 11.57, 10.87),
    "complex_40_t5_l2time": ("ComplexUNet", 40, 2, 5, 0.0, "l2time", 11.57, 10.31),
    "complex_40_t5_costime": ("ComplexUNet", 40, 2, 5, 0.0, "costime", 11.57, 10.14),
    "complex_40_t10_l2": ("ComplexUNet", 40, 2, 10, 0.0, "l2", 11.61, 10.59),
    "complex_40_t10_csim": ("ComplexUNet", 40, 2, 10, 0.0, "csim", 11.61, 10.90),
    "complex_40_t10_l2time": ("ComplexUNet", 40, 2, 10, 0.0, "l2time", 11.61, 10.86),
    "complex_40_t10_costime": ("ComplexUNet", 40, 2, 10, 0.0, "costime", 11.61, 10.47),
    "complex_40_t15_l2": ("ComplexUNet", 40, 2, 15, 0.0, "l2", 11.67, 10.93),
    "complex_40_t15_csim": ("ComplexUNet", 40, 2, 15, 0.0, "csim", 11.67, 10.91),
    "complex_40_t15_l2time": ("ComplexUNet", 40, 2, 15, 0.0, "l2time", 11.67, 10.66),
    "complex_40_t15_costime": ("ComplexUNet", 40, 2, 15, 0.0, "costime", 11.67, 10.74),
}


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration of a row; `configs/common.py` explains the keys.

    Args:
        variant: A name of `ROWS`, or `"smoke"`; empty for the row with the best score.
    """
    return configure(ROWS, variant, batch_size=40)


def configure(
    rows: dict[str, tuple[str, int, int, int, float, str, float, float]],
    variant: str,
    batch_size: int,
) -> ConfigDict:
    """Returns the configuration of a row of a table.

    Args:
        rows: Of the table, as `ROWS`.
        variant: As `get_config` takes it.
        batch_size: Of the published runs, whose 20,000 mixtures make an epoch.
    """
    check_variant(variant, *rows)
    best = max(rows, key=lambda name: rows[name][-1])
    row = rows[variant] if variant in rows else rows[best]
    model, filters, blocks, transforms, dropout, loss = row[:6]
    config = published(loss, model, filters, blocks, transforms, dropout)
    config.batch_size = batch_size
    config.steps_per_epoch = 20_000 // batch_size
    config.data.validation_sdr_mixtures = config.data.validation_mixtures
    if variant == "smoke":
        smoke(config)
    return config
