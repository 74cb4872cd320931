"""From a waveform to waveforms."""
