"""Tests that nothing public lacks its tests and its place in the documentation."""

import ast
import functools
import re
from pathlib import Path

import pytest

from keras_complex import initializers, layers, ops

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parent
PAGES = {path.stem: path.read_text("utf-8") for path in ROOT.glob("docs/api/layers/*")}
# A function, what leaves the packed form, and steps of `keras.layers.RNN`.
OTHERS = {"ComplexInput", "Unpack"}
CELLS = [name for name in layers.__all__ if name.endswith("Cell")]
LAYERS = sorted(set(layers.__all__) - OTHERS - set(CELLS))


def names_of(tree):
    return {
        getattr(node, "id", None) or getattr(node, "attr", None)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.Attribute))
    }


@functools.cache
def names_beside(call):
    """Names in the tests that make a call, and in what of their file these use."""
    found = set()
    for path in TESTS.rglob("*_test.py"):
        uses = {}
        for node in ast.parse(path.read_text("utf-8")).body:
            targets = getattr(node, "targets", [node])
            for name in {getattr(t, "name", getattr(t, "id", None)) for t in targets}:
                uses[name] = names_of(node)
        here = set()
        new = set().union(*(names for names in uses.values() if call in names))
        while new - here:
            here |= new
            new = set().union(*(uses.get(name, set()) for name in new))
        found |= here
    return found


@functools.cache
def words_of_tests():
    return {
        word
        for path in TESTS.rglob("*_test.py")
        if path != Path(__file__)
        for word in re.findall(r"\w+", path.read_text("utf-8"))
    }


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_honours_the_contract(name):
    under_contract = names_beside("check_layer")
    assert name in under_contract, f"No test calls `check_layer` with {name}."


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_runs_in_a_layer_of_keras(name):
    assert name in names_beside("RNN")


@pytest.mark.parametrize("name", initializers.__all__)
def test_every_initializer_honours_the_contract(name):
    path = TESTS / "initializers/contract_test.py"
    assert name in names_of(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("name", ops.__all__)
def test_every_operation_has_a_test(name):
    assert name in words_of_tests()


@pytest.mark.parametrize("name", layers.__all__)
def test_every_layer_is_on_the_page_of_its_family(name):
    module = getattr(layers, name).__module__
    family = module.removeprefix("keras_complex.layers.").partition(".")[0]
    pages = [page for page, text in PAGES.items() if f"- {name}\n" in text]
    assert pages == [family]


@pytest.mark.parametrize("name", [*layers.__all__, *initializers.__all__])
def test_every_name_has_a_row_in_the_table(name):
    table = (ROOT / "docs/layers.md").read_text("utf-8")
    assert table.count(f"| [`{name}`](") == 1


@pytest.mark.parametrize("module", ["initializers", "ops"])
def test_the_reference_shows_a_whole_module(module):
    page = (ROOT / f"docs/api/{module}.md").read_text("utf-8")
    assert f"::: keras_complex.{module}\n" in page


def test_the_navigation_has_every_family():
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert all(f"api/layers/{family}.md" in navigation for family in PAGES)
