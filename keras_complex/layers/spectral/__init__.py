"""Transforms, filterbanks and features of spectrograms."""
