"""Chimera++: masks, with embeddings of deep clustering as a guide (32.8 million).

Commands, the last two for WA-MISI-5, which takes the weights of the second:

    python train_main.py --config=configs/chimera.py --workdir=runs/chimera \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min
    python train_main.py --config=configs/chimera.py:convex_softmax \
        --workdir=runs/chimera_convex \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min
    python train_main.py --config=configs/chimera.py:wa_misi --workdir=runs/wa_misi \
        --config.initial_weights=runs/chimera_convex \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
11.5 dB SI-SNR improvement on wsj0-2mix for Chimera++, and 12.6 dB for WA-MISI-5.

Variants: `convex_softmax` has masks in [0, 2]; `wa_misi` has such masks and improves
phases by 5 iterations of MISI, through which it is trained with the absolute error of
waveforms; `smoke` is a tiny network and two short epochs, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant, common, smoke

VARIANTS = ("convex_softmax", "wa_misi")


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/common.py` explains the keys.

    Args:
        variant: Empty, `"smoke"`, or one of `VARIANTS`.
    """
    check_variant(variant, *VARIANTS)
    model = {
        "name": "ChimeraPlusPlus",
        "bins": 129,
        "units": 600,
        "num_layers": 4,
        "embedding_size": 20,
        "dropout": 0.3,
        "mask_activation": "sigmoid",
        "misi_iterations": 0,
        "frame_step": 64,  # As below, for MISI.
    }
    loss = {
        "name": "chimera",
        "clustering_weight": 0.975,
        "limit": 1.0,
        "weights": "magnitude",
        "floor_db": -40.0,  # Of the loudest bin.
    }
    config = common(model, loss)
    config.stft.frame_step = 64  # Samples: 8 ms.
    # Learning rate, batch, epochs and length of the parts are those of a public
    # implementation, github.com/speechLabBcCuny/onssen; the rest is ours.
    config.data.segment_seconds = 3.2  # 400 frames.
    config.batch_size = 16
    config.steps_per_epoch = 1250  # The 20,000 mixtures of wsj0-2mix's tr.
    config.epochs = 200
    if variant in VARIANTS:
        config.model.mask_activation = "convex_softmax"
        config.loss.limit = 2.0
    if variant == "wa_misi":
        config.model.misi_iterations = 5
        config.loss = ConfigDict({"name": "l1_time", "assignment": "utterance"})
        # Ours: weights that were trained before move less.
        config.schedule.learning_rate = 1e-4
    if variant == "smoke":
        smoke(config, units=4, num_layers=1, embedding_size=3)
    return config
