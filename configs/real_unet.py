"""The real-valued baseline of the paper: 64 filters, 2 residual blocks, no transforms.

Command:

    python train_main.py --config=configs/real_unet.py --workdir=runs/real_unet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators; the network has 14.8 million parameters.
Result: not trained with this program yet. The paper's Table 1 gives 7.92 dB SDR on
wsj0-2mix.

Variants: `configs/real_unet.py:smoke` is a tiny network and two short epochs, to see
that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant
from configs.complex_unet import published, smoke


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/common.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    check_variant(variant)
    config = published("l2", "RealUNet", start_filters=64)
    if variant:
        smoke(config)
    return config
