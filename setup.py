"""Packaging of keras-complex-zoo."""

from pathlib import Path

from setuptools import find_packages, setup

EXTRAS = {
    # The native audio operations of tensorflow-io load with TensorFlow 2.17 only,
    # and Python 3.13 has no TensorFlow 2.17.
    "tfio": [
        'tensorflow-io>=0.37.1; python_version < "3.13"',
        'tensorflow<2.18; python_version < "3.13"',
    ],
    "jax": ["jax"],
    "torch": ["torch"],
    # Keras exports to ONNX by PyTorch's own converter.
    "onnx": ["onnx>=1.23", "onnxruntime>=1.31", "onnxscript>=0.7", "torch>=2.13"],
    "metrics": ["pesq>=0.0.4", "pystoi>=0.4"],
    "demo": ["espeakng-loader>=0.2.4", "matplotlib>=3.8"],
    # Programs of a checkout that trainings share on several machines.
    "studies": ["filelock>=3.30"],
    "dev": [
        "filelock>=3.30",
        "hypothesis>=6.100",
        "mypy>=1.13",
        "pystoi>=0.4",
        "pytest>=8.1",
        "pytest-xdist>=3.5",
        "ruff==0.17.5",
        "scikit-learn>=1.4",
    ],
    "docs": ["mkdocstrings-python>=2.0", "zensical>=0.0.70"],
}

setup(
    name="keras-complex-zoo",
    version="0.1.0",
    description="Complex-valued layers, losses and speech models for Keras 3",
    long_description=Path(__file__).with_name("README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    # Published models are data of the package, kept where a visitor looks.
    packages=[
        *find_packages(include=["keras_complex*", "zoo*"]),
        "zoo.configs",
        "zoo.saved_models",
    ],
    package_dir={"zoo.configs": "configs", "zoo.saved_models": "saved_models"},
    package_data={
        "keras_complex": ["py.typed"],
        "zoo": ["py.typed"],
        "zoo.saved_models": ["*.md", "*/*"],
    },
    install_requires=[
        "absl-py",
        "ai-edge-litert>=2.3",
        "ai-edge-quantizer>=0.10",
        "fast-bss-eval>=0.1.4",
        "keras>=3.13",
        "ml_collections",
        "numpy",
        "scipy",
        # The server of TensorBoard before 2.20 imports pkg_resources, which
        # setuptools 82 dropped.
        "setuptools<82",
        "soundfile>=0.12",
        "soxr",
        "tensorboard",
        "tensorflow>=2.17",
        "tqdm",
    ],
    extras_require=EXTRAS,
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Science/Research",
        "Operating System :: MacOS",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3 :: Only",
        "Topic :: Multimedia :: Sound/Audio :: Speech",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
)
