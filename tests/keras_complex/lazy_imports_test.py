"""Tests of packages whose import is cheap, in processes of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "saved_models" / "complex_unet_small_8k" / "model.keras"
LOAD = f"keras.models.load_model({str(MODEL)!r}, compile=False)"


def run(program):
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.parametrize("package", ["keras_complex", "zoo", "zoo.data"])
def test_importing_a_package_imports_no_keras(package):
    program = f"import sys, {package}; print('keras' in sys.modules)"
    assert run(program).stdout == "False\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "imports",
    [
        "import keras, zoo",
        "import zoo, keras",
        # Modules of the packages that bring Keras, and must not be imported by halves.
        "import zoo.models.phase_reconstruction; import keras",
        "import zoo, keras_complex.ops.stft; import keras",
    ],
)
def test_keras_loads_a_model_of_the_zoo_whatever_is_imported_first(imports):
    program = f"{imports}; print(type({LOAD}).__name__)"
    done = run(program)
    assert done.stdout == "Separator\n", done.stderr


@pytest.mark.slow
def test_keras_loads_layers_after_keras_complex(tmp_path):
    path = str(tmp_path / "model.keras")
    save = f"""
import keras, keras_complex
inputs = keras.Input((4,))
keras.Model(inputs, keras_complex.layers.ComplexDense(3)(inputs)).save({path!r})
"""
    load = f"import keras_complex, keras; keras.models.load_model({path!r})"
    for program in (save, load):
        done = run(program)
        assert not done.returncode, done.stderr


def test_names_are_found_and_listed():
    program = """
import keras_complex, zoo
assert {"Separator", "from_preset", "load_separator"} <= set(dir(zoo))
assert zoo.Separator is zoo.inference.separator.Separator
assert "layers" in dir(keras_complex)
try:
    zoo.Separater
except AttributeError as error:
    print(error)
"""
    assert run(program).stdout == "module 'zoo' has no attribute 'Separater'\n"
