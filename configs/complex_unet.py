"""The deep complex extractor of the paper (44 filters, 2 blocks, 10 transforms).

Command:

    python train_main.py --config=configs/complex_unet.py --workdir=runs/complex_unet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: about 1.5 s for each mixture of 4 s on 2 CPU cores, see `docs/speed.md`; meant
for accelerators.
Result: not trained with this program yet. The paper's Table 1 gives 11.34 dB SDR on
wsj0-2mix.

Variants: `configs/complex_unet.py:smoke` is a tiny network and two short epochs, to
see that everything runs.
"""

from ml_collections import ConfigDict

from configs import common
from configs.common import check_variant

LOSSES = {
    "csim": {
        "name": "csim",
        "real_weight": 1.0,
        "imag_weight": 1e4,
        "imag_penalty": "bins",
    },
    "l2": {"name": "l2"},
    "l2time": {"name": "l2_time", "inverse": "published"},
    "costime": {"name": "cosine_time", "inverse": "published_real"},
}


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/common.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    check_variant(variant)
    config = published("csim")
    if variant == "smoke":
        smoke(config)
    return config


def published(
    loss: str,
    model: str = "ComplexUNet",
    start_filters: int = 44,
    num_residual_blocks: int = 2,
    num_transforms: int = 10,
    transform_dropout: float = 0.1,
) -> ConfigDict:
    """Returns the protocol of the published runs, as their public code has it.

    Args:
        loss: `"csim"`, `"l2"`, `"l2time"` or `"costime"`.
        model: `"ComplexUNet"` or `"RealUNet"`, which has no transforms.
        start_filters: As in the model.
        num_residual_blocks: As in the model.
        num_transforms: As in the model.
        transform_dropout: As in the model.
    """
    network: dict[str, object] = {
        "name": model,
        "start_filters": start_filters,
        "num_residual_blocks": num_residual_blocks,
    }
    if model == "ComplexUNet":
        network |= {
            "num_transforms": num_transforms,
            "transform_dropout": transform_dropout,
            "initializer_scale": "published",
            "film_offset": (1.0, 1.0),
            # Where to follow the text of the paper, and not the public code.
            "paper_text": (),
        }
    else:
        network["normalization"] = "batch"
    # The published values are sums over the speakers: twice the mean.
    config = common.common(
        network, LOSSES[loss] | {"assignment": "batch", "weight": 2.0}
    )
    config.seed = 2018
    config.level = 0.0  # As it comes.
    config.optimizer = ConfigDict(
        {
            "name": "sgd",
            "momentum": 0.9,
            "nesterov": True,
            "max_norm": 1.0,
            "l2_decay": 1e-4,
            "use_ema": False,
            "ema_momentum": 0.999,
        }
    )
    config.schedule = ConfigDict(
        {
            "name": "piecewise",
            "boundaries": (10, 100, 120, 150),  # Epochs.
            "learning_rates": (0.01, 0.1, 0.01, 0.001, 0.0001),
        }
    )
    config.data.segment_seconds = 0.0  # Whole mixtures.
    config.batch_size = 24
    config.steps_per_epoch = 833  # The 20,000 mixtures of wsj0-2mix's tr.
    config.epochs = 200
    return config


def smoke(config: ConfigDict) -> None:
    """Makes a training of the published protocol tiny."""
    common.smoke(config, start_filters=4, num_residual_blocks=0)
    if "num_transforms" in config.model:
        config.model.num_transforms = min(2, config.model.num_transforms)
