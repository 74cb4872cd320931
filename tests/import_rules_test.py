"""Who may import whom."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TENSORFLOW = {"tensorflow", "tensorflow_io"}
FILES = sorted(
    path.relative_to(ROOT)
    for pattern in ("keras_complex/**/*.py", "zoo/**/*.py", "configs/*.py", "*.py")
    for path in ROOT.glob(pattern)
)


def imported_modules(path):
    """Returns the dotted names of all modules that a file imports, anywhere."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "Imports are absolute."
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden(path, module):
    """Whether the file may not import the module."""
    package, top = path.parts[0], module.partition(".")[0]
    beyond_python = top not in sys.stdlib_module_names
    if top == "tests" or module.startswith("keras.src"):
        return True
    if package == "configs":
        return top not in {"ml_collections", "configs"}
    if path == Path("keras_complex/ops/tracing.py") and top == "tensorflow":
        return False
    if package == "keras_complex":
        return beyond_python and top not in {"keras_complex", "keras", "numpy"}
    if path.is_relative_to("zoo/models"):
        allowed = {"keras_complex", "keras", "numpy"}
        inside = module == "zoo" or module.startswith("zoo.models")
        return beyond_python and top not in allowed and not inside
    may_use_tensorflow = path.parts[1:2] in (("data",), ("training",), ("export",))
    return top in TENSORFLOW and not may_use_tensorflow


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_only_what_its_layer_may(path):
    assert not [name for name in imported_modules(path) if forbidden(path, name)]


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("keras_complex/ops/stft.py", "scipy"),
        ("keras_complex/ops/stft.py", "zoo"),
        ("keras_complex/ops/stft.py", "tensorflow"),
        ("zoo/models/complex_unet.py", "zoo.data"),
        ("zoo/models/complex_unet.py", "tensorflow"),
        ("zoo/separator.py", "tensorflow.signal"),
        ("zoo/training/loop.py", "keras.src.backend"),
        ("configs/quickstart.py", "zoo.models"),
        ("train_main.py", "tensorflow"),
        ("zoo/mix.py", "tests.contract"),
    ],
)
def test_the_rules_forbid_what_they_should(path, module):
    assert forbidden(Path(path), module)
