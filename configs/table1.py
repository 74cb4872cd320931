"""Table 1 of the paper: its most important results, rows of its Tables 2 and 3.

Each row is a variant. One row, and all of them with evaluation, table and figures:

    python train_main.py --config=configs/table1.py:complex_32_k1 \
        --workdir=runs/complex_32_k1 \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min
    python -m studies.reproduce --table=1 --data=wsj0-2mix/2speakers/wav8k/min \
        --workdir=reproduction

Cost: 200 epochs of 20,000 mixtures for each row; the authors took 8 V100.
Result: not trained with this program yet; the published scores are in `ROWS`.

Variants: the names of `ROWS`; `smoke` is a tiny network and two short epochs of the
row with the best score, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs import table2, table3

_OF_TABLE_2 = (
    "real_64_k1",
    "real_64_k2",
    "complex_32_k1",
    "complex_32_k2",
    "complex_40_t15_l2",
    "complex_40_t15_csim",
    "complex_40_t10_l2time",
    "complex_40_t15_costime",
)
_OF_TABLE_3 = (
    "complex_44_t0_l2",
    "complex_44_t0_csim",
    "complex_44_t15_l2_d0.1",
    "complex_44_t10_csim_d0.1",
)
ROWS = {name: table2.ROWS[name] for name in _OF_TABLE_2} | {
    name: table3.ROWS[name] for name in _OF_TABLE_3
}


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration of a row; `configs/common.py` explains the keys.

    Args:
        variant: A name of `ROWS`, or `"smoke"`; empty for the row with the best score.
    """
    # The paper took batches of 40 for its Table 2 and of 24 for the wider networks.
    batch_size = 40 if variant in _OF_TABLE_2 else 24
    return table2.configure(ROWS, variant, batch_size)
