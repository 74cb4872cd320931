"""Every network learns to separate one mixture.

A network that cannot has a mistake in it, or in its loss, or in the way from a
waveform to the estimates, however right its parts are.
"""

import keras
import numpy as np
import pytest

from configs import leaderboard
from zoo.inference.separator import Separator
from zoo.metrics import score_separation
from zoo.models import MODELS
from zoo.models.oracle_masks import OracleSeparator
from zoo.presets.building import build_network
from zoo.presets.objective import build_loss
from zoo.training.build import trained_part
from zoo.training.trainer import WaveformTrainer

RATE = 8000
# Smaller than there, and steps of Adam with their learning rate.
CASES = {
    "complex_unet": ({"start_filters": 4, "num_transforms": 2}, 60, 1e-2),
    "causal_complex_unet": ({"start_filters": 8}, 80, 1e-2),
    "real_unet": ({"start_filters": 8}, 80, 1e-2),
    "deep_clustering": ({"units": 32, "embedding_size": 8}, 120, 2e-2),
    "chimera": ({"units": 32, "embedding_size": 8}, 120, 2e-2),
    "wa_misi": ({"units": 32, "embedding_size": 8}, 120, 1e-2),
    "deep_attractor": ({"units": 32, "embedding_size": 8}, 120, 2e-2),
    "anchored_deep_attractor": ({"units": 32, "embedding_size": 8}, 120, 1e-2),
    "tasnet": ({"filters": 64, "units": 64}, 100, 1e-2),
    "conv_tasnet": (
        {"filters": 64, "bottleneck_filters": 32, "hidden_filters": 64},
        50,
        1e-2,
    ),
}


def voices(seconds=0.6):
    """Two voices: harmonics of their own pitch, in syllables of their own length."""
    time = np.arange(round(seconds * RATE)) / RATE
    signals = []
    for pitch, syllables, peak in ((115.0, 4.0, 500.0), (260.0, 7.0, 2200.0)):
        frequencies = pitch * np.arange(1, 3600 // pitch)
        weights = 1 / (1 + ((frequencies - peak) / 400) ** 2)
        vibrato = 0.5 * np.sin(2 * np.pi * 5 * time)
        phases = 2 * np.pi * (frequencies[:, None] * time + vibrato)
        envelope = np.maximum(np.sin(2 * np.pi * syllables * time), 0.05)
        signal = envelope * (weights @ np.sin(phases))
        signals.append(0.1 * signal / np.std(signal))
    return np.stack(signals).astype("float32")


def improvement_db(sources, estimates):
    """Returns the mean improvement of SI-SDR over the mixture, in dB."""
    mixture = np.broadcast_to(sources.sum(axis=0), sources.shape)
    scores = [score_separation(sources, x).si_sdr for x in (estimates, mixture)]
    return np.mean(scores[0] - scores[1])


def test_every_model_has_a_case():
    assert set(CASES) == set(leaderboard.ROWS)
    assert {row[0]["name"] for row in leaderboard.ROWS.values()} == set(MODELS)


def test_masks_can_separate_the_voices():
    sources = voices()
    estimates = OracleSeparator("ibm").separate_known(sources.sum(axis=0), sources)
    assert improvement_db(sources, np.asarray(estimates)) > 17


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_overfits_one_mixture(name):
    keras.utils.set_random_seed(0)
    sizes, steps, learning_rate = CASES[name]
    config = leaderboard.get_config(name)
    config.model.update(sizes)
    network = build_network(config)
    separator = Separator(network, RATE, **config.stft, level=config.level)
    sources = voices()
    scaled = sources * config.level / np.sqrt(np.mean(sources.sum(axis=0) ** 2))
    targets = scaled[None], np.array([scaled.shape[-1]], "int32")
    loss = build_loss(config, separator.domain.name)
    trained = WaveformTrainer(
        trained_part(network, loss),
        separator.domain,
        loss,
        keras.optimizers.Adam(learning_rate, global_clipnorm=5.0),
    )
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    for step in range(steps):
        trained.optimizer.learning_rate = float(schedule(step))
        trained.train_on_batch(scaled.sum(axis=0)[None], targets)
    estimates = separator.separate(sources.sum(axis=0), RATE)
    assert improvement_db(sources, estimates) > 15
