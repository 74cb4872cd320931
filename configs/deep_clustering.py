"""Deep clustering: two LSTM layers in both directions, embeddings of 40 dimensions.

Command:

    python train_main.py --config=configs/deep_clustering.py \
        --workdir=runs/deep_clustering \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators; the network has 18.3 million parameters.
Result: not trained with this program yet.

Variants: `configs/deep_clustering.py:smoke` is a tiny network and two short epochs, to
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
        "name": "DeepClustering",
        "bins": 129,
        "units": 600,
        "num_layers": 2,
        "embedding_size": 40,
        "dropout": 0.0,
        "iterations": 20,
        "floor_db": -40.0,
    }
    # It needs no order of speakers, and leaves `assignment` unused.
    loss = {"name": "deep_clustering", "weights": "active", "floor_db": -40.0}
    config = common(model, loss)
    config.stft.frame_step = 64  # Samples: 8 ms.
    # Optimizer, batch and length of the parts are those of public implementations,
    # github.com/funcwj/deep-clustering and github.com/speechLabBcCuny/onssen; the rest
    # is ours.
    config.optimizer.max_norm = 200.0
    config.data.segment_seconds = 3.2  # 400 frames.
    config.batch_size = 16
    config.steps_per_epoch = 1250  # The 20,000 mixtures of wsj0-2mix's tr.
    config.epochs = 200
    if variant == "smoke":
        smoke(config, units=4, num_layers=1, embedding_size=3, iterations=2)
    return config
