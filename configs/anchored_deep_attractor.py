"""The anchored deep attractor network of its paper (9.1 million parameters).

Command:

    python train_main.py --config=configs/anchored_deep_attractor.py \
        --workdir=runs/anchored_deep_attractor \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
10.4 dB SI-SNR and 10.8 dB SDR improvement on wsj0-2mix.

The loss compares magnitudes with those of the sources, the paper with those that
Wiener-like masks leave. Segments are those of 400 frames that the authors end with;
they begin with 100 frames, 0.8 s.

Variants: `configs/anchored_deep_attractor.py:smoke` is a tiny network and two short
epochs, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant, common, smoke


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/common.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    check_variant(variant)
    model = {
        "name": "AnchoredDeepAttractor",
        "bins": 129,
        "units": 300,
        "num_layers": 4,
        "embedding_size": 20,
        "dropout": 0.5,
        "num_anchors": 6,
        "floor_db": -40.0,
    }
    # The weight: a mean, where the paper has a sum. First gradients, of about 2e-7 for
    # a weight of the network, come near the epsilon of Adam, 1e-7.
    config = common(model, {"name": "magnitude", "order": 2, "weight": 100.0})
    # `optimizer.max_norm` is not in the public code of the authors.
    config.stft.frame_step = 64
    config.data.segment_seconds = 3.2
    config.batch_size = 128
    config.steps_per_epoch = 156  # The 20,000 mixtures of wsj0-2mix's tr.
    if variant == "smoke":
        smoke(config, units=4, num_layers=1, embedding_size=4)
    return config
