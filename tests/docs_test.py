"""Tests of what the documentation says of itself."""

import doctest
import inspect
import re
import sys
from pathlib import Path

import keras
import pytest

import keras_complex
from zoo.models import MODELS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
MODULES = ("layers", "activations", "losses", "metrics", "initializers", "ops")


@pytest.fixture
def scripts(monkeypatch):
    """Lets tests import the scripts of `docs`."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    before = set(sys.modules)
    yield
    for name in ("catalog", "check_site", "peers"):
        if name not in before:
            sys.modules.pop(name, None)


@pytest.fixture
def catalog(scripts):
    import catalog

    return catalog


@pytest.fixture
def faults(scripts, tmp_path):
    """Returns the faults of a site of one page."""
    import check_site

    def of_page(body):
        (tmp_path / "here.png").touch()
        (tmp_path / "index.html").write_text(f"<html><body>{body}</body></html>")
        return check_site.faults(tmp_path)

    return of_page


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
def test_every_example_of_a_page_is_a_doctest_in_a_fence(page):
    """Python in a fence is run after `>>>` only, which is a quotation without one."""
    languages, outside = [], []
    inside = False
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("```"):
            inside = not inside
            languages += [line[3:]] if inside else []
        elif not inside:
            outside.append(line)
    assert not inside
    assert "python" not in languages
    assert "" not in languages
    assert not any(line.startswith(">>>") for line in outside)


def test_the_examples_of_the_readme_run(monkeypatch):
    """Those of docs/ are collected as doctests."""
    monkeypatch.chdir(ROOT)
    failed, attempted = doctest.testfile(str(README), module_relative=False)
    assert attempted
    assert not failed


def test_the_links_of_the_readme_lead_somewhere():
    """Those of docs/ are checked when the site is built."""
    links = re.findall(
        r"\]\((?!http)([^)#]*)(?:#([^)]*))?\)", README.read_text("utf-8")
    )
    assert links
    for path, anchor in links:
        assert (ROOT / path).exists(), path
        if anchor:
            headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(), re.MULTILINE)
            slugs = {re.sub(r"\W+", "-", heading.lower()) for heading in headings}
            assert anchor in slugs, f"{path}#{anchor}"


def test_the_families_name_every_network_and_configurations_that_exist():
    page = (ROOT / "docs/families.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in MODELS)
    named = set(re.findall(r"\b(\w+)\.py\b", page)) - {"train_main"}
    assert named <= {path.stem for path in (ROOT / "configs").glob("*.py")}


def test_a_site_shows_examples_as_code(faults):
    assert not faults("<pre><code>&gt;&gt;&gt; 1 + 1</code></pre><br><p>1 &gt; 0</p>")
    (fault,) = faults("<p>&gt;&gt;&gt; 1 + 1</p>")
    assert fault.endswith("a page must show examples as code. Received: '>>> 1 + 1'")
    (fault,) = faults("<blockquote><blockquote>1 + 1</blockquote></blockquote>")
    assert fault.endswith("must not nest quotations: put the example into a fence")


def test_a_site_loads_what_is_there_and_nothing_from_elsewhere(faults):
    assert not faults('<img src="here.png"><a href="https://keras.io">Keras</a>')
    (fault,) = faults('<audio src="gone.mp3"></audio>')
    assert fault.endswith("must name files that are there. Received: 'gone.mp3'")
    (fault,) = faults('<script src="https://example.org/x.js"></script>')
    assert "must load nothing from elsewhere" in fault


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
