"""Packages of keras-complex-zoo; `pyproject.toml` says all else of it."""

from setuptools import find_packages, setup

setup(
    # Configurations and published models are data of the package `zoo`, kept where a
    # visitor looks.
    packages=[
        *find_packages(include=["keras_complex*", "zoo*"]),
        "zoo.configs",
        "zoo.saved_models",
    ],
    package_dir={"zoo.configs": "configs", "zoo.saved_models": "saved_models"},
)
