"""The model that ships, adapted to new voices in a minute and a half on two cores.

`make quickstart` adapts it to voices of espeak-ng. By hand, to any corpus:

    python train_main.py --config=configs/quickstart.py --workdir=runs/quickstart \
        --config.data.corpora="('FOLDER',)"

Variants: `configs/quickstart.py:smoke` is a tiny network of its own and two short
epochs, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant, cosine
from configs.complex_unet_small import small_network


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/common.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    check_variant(variant)
    config = small_network()
    # Trained on real speech; the network is its own.
    config.initial_weights = "complex_unet_small_8k"
    config.schedule = cosine(1e-3)
    config.data.update(
        segment_seconds=1.0, validation_mixtures=16, validation_seconds=2.0
    )
    config.steps_per_epoch = 20
    config.epochs = 10
    config.max_minutes = 1.5
    config.preview_every_epochs = 4
    if variant == "smoke":
        config.initial_weights = ""
        config.model.update(start_filters=4, num_residual_blocks=0)
        config.data.update(validation_mixtures=4, validation_seconds=1.0)
        config.steps_per_epoch = 2
        config.epochs = 2
        config.preview_every_epochs = 1
    return config
