"""The deep attractor network as its authors train it (9.1 million parameters).

Command:

    python train_main.py --config=configs/deep_attractor.py \
        --workdir=runs/deep_attractor \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
10.5 dB SI-SNR improvement on wsj0-2mix.

Segments are those of 400 frames that the authors end with; they begin with 100 frames,
0.8 s. A mixture of three speakers needs other data and
`--config.model.num_speakers=3`.

Variants: `configs/deep_attractor.py:smoke` is a tiny network and two short epochs, to
see that everything runs.
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
        "name": "DeepAttractor",
        "bins": 129,
        "units": 300,
        "num_layers": 4,
        "embedding_size": 20,
        "dropout": 0.0,
        "mask_activation": "softmax",
        "iterations": 20,
        "floor_db": -40.0,
    }
    # The ideal masks decide the assignment. The weight: a mean, where the paper has a
    # sum. First gradients, of about 1e-6 for a weight of the network, come near the
    # epsilon of Adam, 1e-7.
    loss = {"name": "deep_attractor", "target": "wiener_like", "weight": 100.0}
    config = common(model, loss)
    # One value for both: a network is trained for the masks it makes.
    config.loss.mask_activation = config.model.get_ref("mask_activation")
    config.loss.floor_db = config.model.get_ref("floor_db")
    # `optimizer.max_norm` is not in the public code of the authors.
    config.stft.frame_step = 64
    config.data.segment_seconds = 3.2
    config.batch_size = 128
    config.steps_per_epoch = 156  # The 20,000 mixtures of wsj0-2mix's tr.
    if variant == "smoke":
        smoke(config, units=4, num_layers=1, embedding_size=4, iterations=2)
    return config
