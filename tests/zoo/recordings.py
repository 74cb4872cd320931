"""Recordings of two tones, for the tests of `python -m zoo.separate`."""

import numpy as np
import soundfile


def tones(seconds, sample_rate):
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    envelope = 0.4 * np.sin(np.pi * time / seconds)
    return envelope * np.sin(2 * np.pi * np.array([[440.0], [2600.0]]) * time)


def write(path, waveform, sample_rate=8000, subtype=None):
    soundfile.write(path, waveform, sample_rate, subtype=subtype)
    return path
