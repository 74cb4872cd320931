"""Separation of live audio."""
