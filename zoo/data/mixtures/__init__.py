"""Mixtures of speakers, and sets of them."""
