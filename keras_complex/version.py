"""The version of the installed distribution, which brings both packages."""

from importlib.metadata import version

__version__ = version("keras-complex-zoo")
