"""Recurrent layers and state-space models of complex sequences."""
