"""Networks of `python -m studies.leaderboard`, at a size that a CPU trains.

Command:

    python -m studies.leaderboard --data=mixtures --workdir=leaderboard

Every network has the same time on the CPU, given by `--cpu_minutes`, the same mixtures
and the same schedule. Those that go from mixture to estimates minimise negative SI-SDR
under the best assignment; deep clustering, the deep attractor network and Chimera++
have the losses of their papers, the last with a weight of the clustering of 0.9 and not
0.975. All are a few times narrower than published.

Cost and result: see `docs/leaderboard.md`.

Variants: the names of `ROWS`; `smoke` is a tiny network and two short epochs, to see
that everything runs.
"""

from ml_collections import ConfigDict

from configs.common import check_variant, common, smoke

_SI_SDR = {"name": "si_sdr"}
# Frames of 256 samples; the U-Nets of the paper and the recurrent networks of theirs.
# Chimera++, published with the second, hears twice as many mixtures with the first.
_HALF = {"frame_length": 256, "frame_step": 128}
_QUARTER = {"frame_length": 256, "frame_step": 64}
_NONE = {"frame_length": 0, "frame_step": 0}
_RECURRENT = {"bins": 129, "units": 128, "num_layers": 2}
_UNET = {"start_filters": 12, "num_residual_blocks": 1}

# Arguments of the model, the STFT, the loss and the peak of the learning rate.
ROWS = {
    "complex_unet": (
        {
            "name": "ComplexUNet",
            **_UNET,
            "num_transforms": 3,
            "transform_dropout": 0.0,
            "initializer_scale": "theory",
        },
        _HALF,
        _SI_SDR,
        2e-3,
    ),
    "causal_complex_unet": (
        {
            "name": "CausalComplexUNet",
            "start_filters": 16,
            "num_residual_blocks": 0,
            "num_transforms": 3,
            "lookahead_frames": 0,
        },
        _HALF,
        _SI_SDR,
        2e-3,
    ),
    # As many real maps as the complex one has real and imaginary parts.
    "real_unet": (
        {"name": "RealUNet", **_UNET, "start_filters": 24},
        _HALF,
        _SI_SDR,
        2e-3,
    ),
    "deep_clustering": (
        {"name": "DeepClustering", **_RECURRENT, "embedding_size": 20},
        _QUARTER,
        {"name": "deep_clustering"},
        2e-3,
    ),
    "chimera": (
        {"name": "ChimeraPlusPlus", **_RECURRENT, "embedding_size": 20, "dropout": 0.0},
        _HALF,
        {"name": "chimera", "clustering_weight": 0.9},
        2e-3,
    ),
    "wa_misi": (
        {
            "name": "ChimeraPlusPlus",
            **_RECURRENT,
            "embedding_size": 20,
            "dropout": 0.0,
            "misi_iterations": 2,
            "frame_step": 128,
        },
        _HALF,
        {"name": "l1_time"},
        5e-4,
    ),
    "deep_attractor": (
        {"name": "DeepAttractor", **_RECURRENT, "embedding_size": 20},
        _QUARTER,
        {"name": "deep_attractor", "weight": 100.0},
        2e-3,
    ),
    "anchored_deep_attractor": (
        {
            "name": "AnchoredDeepAttractor",
            **_RECURRENT,
            "embedding_size": 20,
            "dropout": 0.0,
        },
        _QUARTER,
        _SI_SDR,
        2e-3,
    ),
    "tasnet": (
        {
            "name": "TasNet",
            "filters": 128,
            "segment_length": 40,
            "units": 256,
            "num_layers": 2,
        },
        _NONE,
        _SI_SDR,
        2e-3,
    ),
    "conv_tasnet": (
        {
            "name": "ConvTasNet",
            "filters": 128,
            "kernel_size": 20,
            "bottleneck_filters": 64,
            "hidden_filters": 128,
            "skip_filters": 64,
            "block_kernel_size": 3,
            "num_blocks": 6,
            "num_repeats": 2,
            "normalization": "global",
            "causal": False,
            "mask_activation": "sigmoid",
        },
        _NONE,
        _SI_SDR,
        2e-3,
    ),
}
# Mixtures in a batch, and batches between validations. Layers that go through the
# frames of a spectrogram one by one take less time for each of many mixtures.
_BATCHES = {"ComplexUNet": (4, 50), "RealUNet": (4, 50)}
_BATCHES |= {"CausalComplexUNet": (4, 50)}
_BATCHES |= {"ConvTasNet": (4, 50), "TasNet": (4, 50)}
_BATCHES_OF_EMBEDDINGS = (16, 100)
# These begin with the weights of another row, trained for half of their time.
AFTER = {"wa_misi": "chimera"}


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration of a row; `configs/common.py` explains the keys.

    Args:
        variant: A name of `ROWS`, or `"smoke"`; empty for the complex U-Net.
    """
    check_variant(variant, *ROWS)
    model, stft, loss, learning_rate = ROWS.get(variant, ROWS["complex_unet"])
    config = common(model, loss)
    config.stft = ConfigDict(stft)
    config.schedule = ConfigDict(
        {
            "name": "cpu_budget",
            "cpu_minutes": 10.0,
            "learning_rate": learning_rate,
            "warmup_share": 0.05,
        }
    )
    config.data.update(
        segment_seconds=1.0, validation_mixtures=16, validation_seconds=2.0
    )
    config.batch_size, config.steps_per_epoch = _BATCHES.get(
        config.model.name, _BATCHES_OF_EMBEDDINGS
    )
    config.epochs = 100_000  # The schedule ends the training.
    config.preview_every_epochs = 0
    if variant == "smoke":
        smoke(config, start_filters=4, num_residual_blocks=0)
    return config
