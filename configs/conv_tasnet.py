"""Conv-TasNet as its paper trains it (5.1 million parameters, not causal).

Command:

    python train_main.py --config=configs/conv_tasnet.py --workdir=runs/conv_tasnet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table II of the paper gives 15.3 dB
SI-SNR improvement on wsj0-2mix, and 10.6 dB for the causal network:
`--config.model.causal --config.model.normalization=cumulative`.

Variants: `configs/conv_tasnet.py:smoke` is a tiny network and two short epochs, to
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
        "name": "ConvTasNet",
        "filters": 512,
        "kernel_size": 16,  # Samples.
        "bottleneck_filters": 128,
        "hidden_filters": 512,
        "skip_filters": 128,
        "block_kernel_size": 3,
        "num_blocks": 8,
        "num_repeats": 3,
        "normalization": "global",
        "causal": False,
        "mask_activation": "sigmoid",
    }
    config = common(model, {"name": "si_sdr"})
    config.stft = ConfigDict({"frame_length": 0, "frame_step": 0})
    config.batch_size = 8  # The paper does not say.
    config.steps_per_epoch = 2500  # The 20,000 mixtures of wsj0-2mix's tr.
    if variant == "smoke":
        smoke(
            config,
            filters=16,
            bottleneck_filters=4,
            hidden_filters=8,
            skip_filters=4,
            num_blocks=2,
            num_repeats=1,
        )
    return config
