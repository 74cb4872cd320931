"""A causal deep complex extractor for live separation at 8 kHz, 32 ms of latency.

Command:

    python train_main.py --config=configs/causal_complex_unet.py \
        --workdir=runs/causal_complex_unet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Streams have no level of the whole file: the mixture comes as it is (`level`), the
network finds a level of its own, and the loss is one that teaches the level of the
estimates. `--config.model.lookahead_frames=2` adds 32 ms of latency.

Cost: about 0.1 s of CPU time for each mixture of 1 s.
Result: not trained with this program yet; `docs/streaming.md` has what live separation
with it costs.

Variants: `configs/causal_complex_unet.py:smoke` is a tiny network and two short
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
    model = {
        "name": "CausalComplexUNet",
        "start_filters": 16,
        "num_residual_blocks": 0,
        "num_transforms": 3,
        "lookahead_frames": 0,
    }
    config = common(model, {"name": "snr"})
    config.level = 0.0  # None.
    config.optimizer.ema_momentum = 0.99
    config.schedule = cosine(2e-3)
    config.data.update(segment_seconds=2.0, validation_mixtures=40)
    batch_size = config.batch_size = 4
    config.steps_per_epoch = 250
    config.epochs = 20
    config.preview_every_epochs = 8
    if variant == "smoke":
        smoke(config, start_filters=4)
        config.batch_size = batch_size
    return config
