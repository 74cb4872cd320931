"""Configuration of a training that takes seconds, of a network of its own."""

import keras
from ml_collections import ConfigDict

from zoo.models import MODELS
from zoo.models.spectrogram_layers import SpeakerEstimates


def tiny_network(num_speakers, filters, seed):
    """Two convolutions and dropout, of layers that Keras can load by itself."""
    initializers = [keras.initializers.GlorotUniform(seed + k) for k in range(2)]
    mixture = keras.Input((None, None, 2))
    first = keras.layers.Conv2D(
        filters,
        3,
        padding="same",
        # Before the normalisation, a bias has no gradient but noise.
        use_bias=False,
        kernel_initializer=initializers[0],
    )
    second = keras.layers.Conv2D(
        2 * num_speakers, 1, kernel_initializer=initializers[1]
    )
    x = keras.layers.BatchNormalization()(first(mixture))
    x = keras.layers.Dropout(0.3, seed=seed)(keras.layers.ReLU()(x))
    return keras.Model(mixture, SpeakerEstimates(num_speakers)([second(x), mixture]))


def get_config():
    # Not on import: pytest imports all modules to look for examples in them.
    MODELS["tiny"] = tiny_network
    config = ConfigDict()
    config.seed = 3
    config.sample_rate = 8000
    config.level = 0.1
    config.stft = ConfigDict({"frame_length": 64, "frame_step": 32})
    config.model = ConfigDict({"name": "tiny", "num_speakers": 2, "filters": 4})
    config.loss = ConfigDict({"name": "l2", "assignment": "utterance"})
    config.optimizer = ConfigDict({"name": "adam", "max_norm": 5.0, "use_ema": False})
    config.schedule = ConfigDict({"name": "constant", "learning_rate": 0.01})
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
            "segment_seconds": 0.3,
            "validation_mixtures": 4,
            "validation_seconds": 0.4,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,
        }
    )
    config.batch_size = 2
    config.steps_per_epoch = 3
    config.epochs = 4
    config.patience = 0
    config.max_minutes = 0.0
    config.steps_per_execution = 1
    config.preview_every_epochs = 2
    config.progress_bar = False
    return config
