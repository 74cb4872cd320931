"""Writes docs/layers.md: every public class, and the same in other libraries.

    python docs/catalog.py          # writes the page
    python docs/catalog.py --check  # fails if the page is not up to date

What others have was read off the installed packages cvnn 2.0, keras-complex 0.4.0,
complextorch 2.1.1, pytorch-complex 0.2.1, complexPyTorch 0.4, torchcvnn 0.10.0 and
torch 2.15. The names in SpeechBrain and asteroid were not checked that way.
"""

import inspect
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from peers import ELSEWHERE, KERAS_LAYERS, LEFT_OUT

import keras_complex

PAGE = Path(__file__).with_name("layers.md")
MODULES = ("layers", "activations", "losses", "metrics", "initializers")

# Layers that TFLite does not run with built-in operations, and why.
NOT_IN_TFLITE = {
    "ComplexConv3D(dilation_rate=2)": "`tf.SpaceToBatchND` has no built-in operation "
    "for five axes; without dilation it converts",
    "ISTFT(use_fft=True)": "`tf.IRFFT` has no built-in operation; the default, a "
    "product with a matrix, converts",
    "STFT(use_fft=True)": "converts, and runs for an `fft_length` that is a power of 2 "
    "only; the default takes any",
    'PolarActivation("softsign"), SplitActivation("softsign")': "`tf.Softsign` has no "
    "built-in operation",
}

INTRODUCTION = """\
# Layers and their peers

Every public class and activation of `keras_complex`, and what the same thing is called
elsewhere; an empty cell says that no other library compared here has it. This page is
written by `python docs/catalog.py`.

Compared are [cvnn](https://github.com/NEGU93/cvnn) 2.0,
[keras-complex](https://github.com/JesperDramsch/keras-complex) 0.4.0,
[complextorch](https://github.com/josiahwsmith10/complextorch) 2.1.1,
[pytorch-complex](https://github.com/soumickmj/pytorch-complex) 0.2.1,
[complexPyTorch](https://github.com/wavefrontshaping/complexPyTorch) 0.4,
[torchcvnn](https://github.com/torchcvnn/torchcvnn) 0.10.0, PyTorch 2.15 on complex64,
[SpeechBrain](https://github.com/speechbrain/speechbrain) and
[asteroid](https://github.com/asteroid-team/asteroid); the last two were not installed
for it, the names of the others were read off their packages.

Every layer runs on TensorFlow, JAX and PyTorch, under `mixed_bfloat16` and
`mixed_float16`, under XLA, with sizes unknown until run time, under `MirroredStrategy`,
and in TFLite with built-in operations; the [exceptions](#exceptions) are listed."""

RECURRENT = """\
Recurrent layers become loops, which TFLite runs for a batch size and a length that the
export states: `model.export(path, input_signature=...)`."""


def public_names(module):
    """Names of a module of keras_complex, in order, without case."""
    return sorted(getattr(keras_complex, module).__all__, key=str.lower)


def first_line(thing):
    """The first line of a docstring, as a cell of a table."""
    return inspect.getdoc(thing).splitlines()[0].rstrip(".").replace("|", "\\|")


def page_of(thing, module):
    """The page of the reference that describes a name, that of its family of layers."""
    if module != "layers":
        return f"{module}.md"
    family = thing.__module__.removeprefix("keras_complex.layers.").partition(".")[0]
    return f"layers/{family}.md"


def rows(module):
    yield "| name | what it is | elsewhere |"
    yield "| --- | --- | --- |"
    for name in public_names(module):
        thing = getattr(getattr(keras_complex, module), name)
        about = first_line(thing)
        anchor = f"api/{page_of(thing, module)}#keras_complex.{module}.{name}"
        elsewhere = ELSEWHERE[module].get(name, "")
        yield f"| [`{name}`]({anchor}) | {about} | {elsewhere} |"


def page():
    """Returns the text of the page."""
    lines = [INTRODUCTION]
    for module in MODULES:
        lines += ["", f"## {module.capitalize()}", "", *rows(module)]
    lines += ["", "## Exceptions", ""]
    lines += ["| layer | why TFLite does not run it |", "| --- | --- |"]
    lines += [f"| `{name}` | {why} |" for name, why in NOT_IN_TFLITE.items()]
    lines += ["", RECURRENT]
    lines += ["", "## Layers of Keras that are right as they are", "", KERAS_LAYERS]
    lines += ["", "## What others have and this library leaves out", ""]
    lines += ["| what | why |", "| --- | --- |"]
    lines += [f"| {what} | {why} |" for what, why in LEFT_OUT.items()]
    return "\n".join(lines) + "\n"


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit("usage: python docs/catalog.py [--check]")
    if not arguments:
        PAGE.write_text(page(), "utf-8")
    elif PAGE.read_text("utf-8") != page():
        sys.exit("error: docs/layers.md must be up to date. Run docs/catalog.py.")


if __name__ == "__main__":
    main(sys.argv[1:])
