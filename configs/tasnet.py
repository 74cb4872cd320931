"""TasNet with LSTM layers in both directions (23.1 million parameters).

Command:

    python train_main.py --config=configs/tasnet.py --workdir=runs/tasnet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
13.2 dB SI-SNR improvement on wsj0-2mix, and 10.8 dB for the causal network, for
networks of 23.6 and 32.0 million parameters.

Variants: `causal` has LSTM layers that go forward only (31.1 million parameters);
`smoke` is a tiny network and two short epochs, to see that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant, common, smoke


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/common.py` explains the keys.

    Args:
        variant: Empty, `"causal"` or `"smoke"`.
    """
    check_variant(variant, "causal")
    model = {
        "name": "TasNet",
        "filters": 500,
        "segment_length": 40,  # Samples: 5 ms.
        "units": 1000,
        "num_layers": 4,
        "causal": variant == "causal",
    }
    config = common(model, {"name": "si_sdr"})
    config.stft = ConfigDict({"frame_length": 0, "frame_step": 0})
    # Learning rate, batch and epochs are those of a public implementation,
    # github.com/kaituoxu/TasNet; the rest is as for Conv-TasNet.
    config.batch_size = 10
    config.steps_per_epoch = 2000  # The 20,000 mixtures of wsj0-2mix's tr.
    if variant == "smoke":
        smoke(config, filters=8, units=4, num_layers=2)
    return config
