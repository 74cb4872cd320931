"""Tests of what the documentation says of itself."""

import inspect
import re
import sys
from pathlib import Path

import keras
import pytest

import keras_complex

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
MODULES = ("layers", "activations", "losses", "metrics", "initializers", "ops")


@pytest.fixture
def catalog(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import catalog

    yield catalog
    del sys.modules["catalog"]


def test_the_page_of_layers_is_up_to_date(catalog):
    assert catalog.PAGE.read_text("utf-8") == catalog.page(), (
        "Run `python docs/catalog.py`."
    )


def test_the_page_of_layers_names_nothing_that_does_not_exist(catalog):
    for module, names in catalog.ELSEWHERE.items():
        public = set(getattr(keras_complex, module).__all__)
        assert not names.keys() - public


def test_the_page_of_layers_lists_the_limits_that_tests_make(catalog):
    """Each contract without TFLite is a row of the page."""
    claimed = set()
    for path in (ROOT / "tests/keras_complex").rglob("*_test.py"):
        for call in re.findall(r"check_layer\((.*?)\n\n", path.read_text(), re.DOTALL):
            if "tflite=False" in call or "NO_INVERSE_FFT" in call:
                claimed.add(re.match(r"\s*(\w+)", call)[1])
    assert claimed == {"ISTFT"}
    rows = " ".join(catalog.NOT_IN_TFLITE)
    assert all(f"{name}(" in rows for name in claimed)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_example_of_a_page_is_a_doctest(page):
    """Python in a fence is not run; after `>>>` it is."""
    fences = re.findall(r"^```(\w*)$", page.read_text("utf-8"), re.MULTILINE)
    assert "python" not in fences


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_has_a_docstring_of_its_own(module):
    for name in getattr(keras_complex, module).__all__:
        thing = getattr(getattr(keras_complex, module), name)
        assert thing.__doc__, f"{module}.{name}"


@pytest.mark.parametrize("module", ("layers", "losses", "metrics", "initializers"))
def test_every_public_class_shows_an_example(module):
    for name in getattr(keras_complex, module).__all__:
        thing = getattr(getattr(keras_complex, module), name)
        if inspect.isclass(thing) and not issubclass(thing, keras.callbacks.Callback):
            assert ">>>" in thing.__doc__, f"{module}.{name}"
