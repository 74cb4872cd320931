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


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/complex_unet.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    config = ConfigDict()
    config.seed = 1
    config.initial_weights = ""
    config.sample_rate = 8000  # Hz.
    config.level = 0.0  # None.
    config.stft = ConfigDict({"frame_length": 256, "frame_step": 128})  # Samples.
    config.model = ConfigDict(
        {
            "name": "CausalComplexUNet",
            "num_speakers": 2,
            "start_filters": 16,
            "num_residual_blocks": 0,
            "num_transforms": 3,
            "lookahead_frames": 0,
        }
    )
    config.loss = ConfigDict({"name": "snr", "assignment": "utterance"})
    config.optimizer = ConfigDict(
        {
            "name": "adam",
            "max_norm": 5.0,
            "l2_decay": 0.0,
            "use_ema": False,
            "ema_momentum": 0.99,
        }
    )
    config.schedule = ConfigDict(
        {"name": "cosine", "learning_rate": 2e-3, "warmup_epochs": 0.5}
    )
    config.data = ConfigDict(
        {
            "mixtures": "",
            "corpora": (),
            "split_file": "",
            "train_split": "train",
            "valid_split": "valid",
            "train_packed": "",
            "valid_packed": "",
            "snr_range_db": (0.0, 5.0),
            "segment_seconds": 2.0,
            "validation_mixtures": 40,
            "validation_seconds": 4.0,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,
        }
    )
    config.batch_size = 4
    config.steps_per_epoch = 250
    config.epochs = 20
    config.patience = 0
    config.max_minutes = 0.0
    config.steps_per_execution = 1
    config.preview_every_epochs = 8
    config.progress_bar = True
    if variant == "smoke":
        config.model.update(start_filters=4)
        config.data.update(
            segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
        )
        config.steps_per_epoch = 2
        config.epochs = 2
        config.preview_every_epochs = 1
    elif variant:
        raise KeyError(
            f'The variant must be "smoke" or empty. Received: variant={variant!r}.'
        )
    return config
