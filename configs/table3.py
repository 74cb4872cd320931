"""Table 3 of the paper: numbers of transforms, and how often they are dropped.

Each row is a variant. One row, and all of them with evaluation, table and figures:

    python train_main.py --config=configs/table3.py:complex_44_t10_csim_d0.1 \
        --workdir=runs/complex_44_t10_csim_d0.1 \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min
    python -m studies.reproduce --table=3 --data=wsj0-2mix/2speakers/wav8k/min \
        --workdir=reproduction

Cost: 200 epochs of 20,000 mixtures for each row; the authors took 8 V100.
Result: not trained with this program yet; the published scores are in `ROWS`.

Variants: the names of `ROWS`; `smoke` is a tiny network and two short epochs of the
row with the best score, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs.table2 import configure

# As in `configs/table2.py`.
ROWS = {
    "complex_44_t0_l2": ("ComplexUNet", 44, 2, 0, 0.0, "l2", 13.97, 9.88),
    "complex_44_t5_l2": ("ComplexUNet", 44, 2, 5, 0.0, "l2", 13.99, 10.11),
    "complex_44_t10_l2": ("ComplexUNet", 44, 2, 10, 0.0, "l2", 14.03, 10.91),
    "complex_44_t15_l2": ("ComplexUNet", 44, 2, 15, 0.0, "l2", 14.09, 9.92),
    "complex_44_t0_csim": ("ComplexUNet", 44, 2, 0, 0.0, "csim", 13.97, 9.87),
    "complex_44_t5_csim": ("ComplexUNet", 44, 2, 5, 0.0, "csim", 13.99, 10.64),
    "complex_44_t10_csim": ("ComplexUNet", 44, 2, 10, 0.0, "csim", 14.03, 11.05),
    "complex_44_t15_csim": ("ComplexUNet", 44, 2, 15, 0.0, "csim", 14.09, 10.82),
    "complex_44_t5_l2_d0.1": ("ComplexUNet", 44, 2, 5, 0.1, "l2", 13.99, 10.54),
    "complex_44_t10_l2_d0.1": ("ComplexUNet", 44, 2, 10, 0.1, "l2", 14.03, 10.72),
    "complex_44_t15_l2_d0.1": ("ComplexUNet", 44, 2, 15, 0.1, "l2", 14.09, 10.91),
    "complex_44_t5_csim_d0.1": ("ComplexUNet", 44, 2, 5, 0.1, "csim", 13.99, 10.96),
    "complex_44_t10_csim_d0.1": ("ComplexUNet", 44, 2, 10, 0.1, "csim", 14.03, 11.34),
    "complex_44_t15_csim_d0.1": ("ComplexUNet", 44, 2, 15, 0.1, "csim", 14.09, 11.22),
    "complex_44_t5_l2_d0.2": ("ComplexUNet", 44, 2, 5, 0.2, "l2", 13.99, 10.67),
    "complex_44_t10_l2_d0.2": ("ComplexUNet", 44, 2, 10, 0.2, "l2", 14.03, 10.90),
    "complex_44_t15_l2_d0.2": ("ComplexUNet", 44, 2, 15, 0.2, "l2", 14.09, 10.90),
    "complex_44_t5_csim_d0.2": ("ComplexUNet", 44, 2, 5, 0.2, "csim", 13.99, 11.23),
    "complex_44_t10_csim_d0.2": ("ComplexUNet", 44, 2, 10, 0.2, "csim", 14.03, 11.29),
    "complex_44_t15_csim_d0.2": ("ComplexUNet", 44, 2, 15, 0.2, "csim", 14.09, 11.23),
    "complex_44_t5_l2_d0.3": ("ComplexUNet", 44, 2, 5, 0.3, "l2", 13.99, 10.71),
    "complex_44_t10_l2_d0.3": ("ComplexUNet", 44, 2, 10, 0.3, "l2", 14.03, 10.06),
    "complex_44_t15_l2_d0.3": ("ComplexUNet", 44, 2, 15, 0.3, "l2", 14.09, 10.91),
    "complex_44_t5_csim_d0.3": ("ComplexUNet", 44, 2, 5, 0.3, "csim", 13.99, 11.21),
    "complex_44_t10_csim_d0.3": ("ComplexUNet", 44, 2, 10, 0.3, "csim", 14.03, 11.12),
    "complex_44_t15_csim_d0.3": ("ComplexUNet", 44, 2, 15, 0.3, "csim", 14.09, 11.06),
    "complex_44_t5_l2_d0.4": ("ComplexUNet", 44, 2, 5, 0.4, "l2", 13.99, 10.72),
    "complex_44_t10_l2_d0.4": ("ComplexUNet", 44, 2, 10, 0.4, "l2", 14.03, 10.74),
    "complex_44_t15_l2_d0.4": ("ComplexUNet", 44, 2, 15, 0.4, "l2", 14.09, 10.83),
    "complex_44_t5_csim_d0.4": ("ComplexUNet", 44, 2, 5, 0.4, "csim", 13.99, 11.09),
    "complex_44_t10_csim_d0.4": ("ComplexUNet", 44, 2, 10, 0.4, "csim", 14.03, 11.08),
    "complex_44_t15_csim_d0.4": ("ComplexUNet", 44, 2, 15, 0.4, "csim", 14.09, 11.12),
}


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration of a row; `configs/common.py` explains the keys.

    Args:
        variant: A name of `ROWS`, or `"smoke"`; empty for the row with the best score.
    """
    return configure(ROWS, variant, batch_size=24)
