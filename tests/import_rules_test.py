"""Who may import whom: the floors of the house, which CONTRIBUTING.md explains."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A room imports from rooms on floors below only, and from itself.
FLOORS = (
    {"keras_complex", "zoo.files"},
    {"zoo.command", "zoo.documents", "zoo.metrics", "zoo.models", "zoo.processes"},
    {"zoo.data.audio"},
    {"zoo.data.corpora"},
    {"zoo.data.mixtures"},
    {"zoo.data.batches"},
    {"zoo.data"},
    {"zoo.inference"},
    {"zoo.presets", "zoo.streaming"},
    {"zoo.evaluate", "zoo.export", "zoo.mix", "zoo.separate", "zoo.training"},
    {"zoo.quickstart"},
    {"zoo"},
    {"studies", "train_main"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
TENSORFLOW = {"tensorflow", "tensorflow_io"}
MAY_USE_TENSORFLOW = (
    "keras_complex/ops/tracing.py",
    "zoo/data",
    "zoo/export",
    "zoo/inference/graph_passes.py",
    "zoo/training",
)
# What others may import of keras_complex: these modules, and nothing below them.
PUBLIC = {"keras_complex"} | {
    f"keras_complex.{name}"
    for name in (
        "activations",
        "filterbanks",
        "initializers",
        "layers",
        "lazy_imports",
        "losses",
        "metrics",
        "ops",
        "types",
    )
}
# Losses and metrics of one's own build on these, those of the zoo among them.
BASES = {
    "keras_complex.losses.masking",
    "keras_complex.losses.wrapped_loss",
    "keras_complex.metrics.mean_over_examples",
}
FILES = sorted(
    path.relative_to(ROOT)
    for pattern in ("keras_complex/**/*.py", "zoo/**/*.py", "configs/*.py", "*.py")
    for path in ROOT.glob(pattern)
)
STUDIES = sorted(path.relative_to(ROOT) for path in ROOT.glob("studies/**/*.py"))


def imported_modules(path):
    """Returns the dotted names of all modules that a file imports, anywhere."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "Imports are absolute."
            # A name of a package may be a module of it, and says then where it is.
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            own = public_names(node.module)
            modules = [
                name
                for name in below
                if name.rpartition(".")[2] not in own and is_module(name)
            ]
            yield from modules
            if len(modules) < len(below):
                yield node.module


def public_names(package):
    """Names that a module of keras_complex gives out, among them those of functions."""
    if package == "keras_complex" or package not in PUBLIC:
        return ()
    path = ROOT / package.replace(".", "/") / "__init__.py"
    if not path.exists():
        return ()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
            return ast.literal_eval(node.value)
    return ()


def is_module(name):
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def room(module):
    """Returns the room that a module is in, or `None` for a module out of place."""
    parts = module.split(".")
    for count in range(len(parts), 0, -1):
        name = ".".join(parts[:count])
        if name in FLOOR_OF:
            # What lies directly in `zoo` is a room of its own, or out of place.
            return name if name != "zoo" or count == len(parts) else None
    return None


def module_of(path):
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def too_deep(path, module):
    """Whether a file outside of keras_complex imports what is private to it."""
    outside = Path(path).parts[0] != "keras_complex"
    below = module.startswith("keras_complex.")
    return outside and below and module not in PUBLIC | BASES


def forbidden(path, module):
    """Whether the file may not import the module."""
    path = Path(path)
    top = module.partition(".")[0]
    if too_deep(path, module):
        return True
    beyond_python = top not in sys.stdlib_module_names
    if top == "tests" or module.startswith("keras.src"):
        return True
    if path.parts[0] == "configs":
        return top not in {"ml_collections", "configs"}
    if top in {"keras_complex", "zoo", "studies"}:
        if path.name == "__main__.py":  # It starts a command, of whichever room.
            return top == "studies"
        here, there = room(module_of(path)), room(module)
        return here != there and FLOOR_OF[here] <= FLOOR_OF.get(there, len(FLOORS))
    if top in TENSORFLOW:
        return not any(path.is_relative_to(place) for place in MAY_USE_TENSORFLOW)
    if path.parts[0] == "keras_complex" or path.is_relative_to("zoo/models"):
        return beyond_python and top not in {"keras", "numpy"}
    return False


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_only_what_its_floor_may(path):
    assert not [name for name in imported_modules(path) if forbidden(path, name)]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parts[0] == "zoo"] + STUDIES, ids=str
)
def test_every_file_has_a_room(path):
    assert room(module_of(path)), f"{path} is out of place: see FLOORS."


@pytest.mark.parametrize("path", STUDIES, ids=str)
def test_studies_are_imported_by_studies_only(path):
    """What measures may use all that is public, and nothing of the tests."""
    modules = list(imported_modules(path))
    assert not [name for name in modules if name.startswith("tests")]
    assert not [name for name in modules if too_deep(path, name)]


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("keras_complex/ops/stft.py", "scipy"),
        ("keras_complex/ops/stft.py", "zoo"),
        ("keras_complex/ops/stft.py", "tensorflow"),
        ("zoo/models/complex_unet.py", "keras_complex.ops.packing"),
        ("zoo/training/loop.py", "keras_complex.layers.core.dense"),
        ("studies/benchmark.py", "keras_complex.layers.base"),
        ("zoo/models/complex_unet.py", "zoo.data"),
        ("zoo/models/complex_unet.py", "tensorflow"),
        ("zoo/inference/separator.py", "tensorflow.signal"),
        ("zoo/inference/separator.py", "zoo.presets"),
        ("zoo/presets/building.py", "zoo.training.schedules"),
        ("zoo/data/audio/reading.py", "zoo.data.corpora.corpus"),
        ("zoo/training/loop.py", "zoo.export"),
        ("zoo/training/loop.py", "studies.continuity"),
        ("zoo/training/loop.py", "keras.src.backend"),
        ("zoo/mix.py", "tests.contract"),
        ("configs/quickstart.py", "zoo.models"),
        ("train_main.py", "tensorflow"),
    ],
)
def test_the_rules_forbid_what_they_should(path, module):
    assert forbidden(path, module)


@pytest.mark.parametrize("module", ["zoo.benchmark", "zoo.speaker_order.x", "other"])
def test_what_is_out_of_place_has_no_room(module):
    assert room(module) is None
