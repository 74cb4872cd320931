"""Corpora of speakers."""
