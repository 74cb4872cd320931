"""The tiny training, whose parts are built here."""

from tests.zoo.training.conftest import make_config  # noqa: F401
