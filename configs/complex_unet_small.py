"""A small deep complex extractor for 8 kHz (16 filters, 1 block, 3 transforms).

The preset `complex_unet_small_8k` comes from this configuration.

Command, with corpora as folders of speakers:

    python train_main.py --config=configs/complex_unet_small.py \
        --workdir=runs/complex_unet_small \
        --config.data.corpora="('librispeech_8k', 'speechocean762_8k')" \
        --config.data.split_file=splits.json

Cost and result: see `docs/first_results.md`.

Variants: `configs/complex_unet_small.py:smoke` is a tiny network and two short
epochs, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant, common, cosine, smoke


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/common.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    check_variant(variant)
    config = small_network()
    if variant == "smoke":
        smoke(config, start_filters=4, num_residual_blocks=0)
        config.batch_size = 4
    return config


def small_network() -> ConfigDict:
    """Returns the configuration that trained the model that ships."""
    model = {
        "name": "ComplexUNet",
        "start_filters": 16,
        "num_residual_blocks": 1,
        "num_transforms": 3,
        "transform_dropout": 0.0,
        "initializer_scale": "theory",
    }
    config = common(model, {"name": "si_sdr"})
    config.optimizer.ema_momentum = 0.99
    config.schedule = cosine(2e-3)
    config.data.update(segment_seconds=2.0, validation_mixtures=40)
    config.batch_size = 4
    config.steps_per_epoch = 250
    config.epochs = 20
    config.preview_every_epochs = 8
    return config
