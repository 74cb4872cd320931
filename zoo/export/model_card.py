"""The model card beside an export."""

from typing import Any

from zoo.documents import markdown_table

_PROGRAMS = {
    "litert": """import numpy as np
from ai_edge_litert.interpreter import Interpreter  # pip install ai-edge-litert

model = Interpreter("{name}"){note}
(given,), (result,) = model.get_input_details(), model.get_output_details()
mixture = np.zeros((1, {length}), "float32")  # Your recording, {rate} Hz, mono.
model.resize_tensor_input(given["index"], mixture.shape)
model.allocate_tensors()
model.set_tensor(given["index"], mixture)
model.invoke()
voices = model.get_tensor(result["index"])  # (1, {speakers}, {length})
""",
    "streaming_litert": """import json
import numpy as np
from ai_edge_litert.interpreter import Interpreter  # pip install ai-edge-litert

with open("{name}.json") as file:
    sizes = json.load(file)
model = Interpreter("{name}", num_threads=1)
step = model.get_signature_runner()
states = {{n: np.zeros(shape, "float32") for n, shape in sizes["states"].items()}}
valid = np.ones((1, sizes["frames_per_step"]), "float32")
mixture = np.zeros((1, {rate}), "float32")  # Your stream, {rate} Hz, mono.
mixture = np.pad(mixture, ((0, 0), (sizes["zeros_before"], 0)))
voices = []
for start in range(0, mixture.shape[1] - sizes["window"] + 1, sizes["hop"]):
    samples = mixture[:, start : start + sizes["window"]]
    states = step(samples=samples, valid=valid, **states)
    voices.append(states.pop("estimates")[0])  # ({speakers}, samples)
voices = np.concatenate(voices, axis=1)[:, sizes["dropped"] :]
# The last samples need steps of zeros, with 0 in `valid` for frames behind the end.
""",
    "saved_model": """import numpy as np
import tensorflow as tf

model = tf.saved_model.load("{name}")  # From the folder that {name} lies in.
mixture = np.zeros((1, {length}), "float32")  # Your recording, {rate} Hz, mono.
voices = model.serve(mixture).numpy()  # (1, {speakers}, {length})
print(int(model.sample_rate()), model.metadata().numpy().decode())
""",
    "onnx": """import numpy as np
import onnxruntime  # pip install onnxruntime

model = onnxruntime.InferenceSession("{name}")
mixture = np.zeros((1, {length}), "float32")  # Your recording, {rate} Hz, mono.
(voices,) = model.run(None, {{"mixture": mixture}})  # (1, {speakers}, {length})
""",
}

_CARD = """# {name}

Separates the {speakers} voices of a recording with one microphone.

- Model: `{model}` in a `zoo.Separator` of keras-complex-zoo, {parameters:,} parameters,
  exported to {format} in {quantization}, {megabytes:.2f} MB.
- Input: waveforms `{input}`, float32, {rate} Hz, full scale at 1. {length_in_words}
- Output: waveforms `{output}`, float32, one for each voice, in no fixed order.
- {metadata} states rate, shapes, signatures, versions and what was measured.

```python
{program}```

## Measured

{measured}

## Licence and citation

The code that made this file is Apache-2.0. The licence of the weights is that of the
model it was made from, whose own card states its training data and limits.

Cite keras-complex-zoo, and the paper of the network, which the docstring of
`{model}` names.
"""


def card_text(content: dict[str, Any]) -> str:
    """Writes a card in Markdown from the metadata of an export."""
    rate, samples = content["sample_rate"], content["input"]["shape"][1]
    length = "Any length." if samples is None else f"{samples / rate:g} s, no other."
    others = {
        name: signature["samples"] / rate
        for name, signature in content.get("signatures", {}).items()
        if name != "serve" and isinstance(signature, dict) and "samples" in signature
    }
    if others:
        listed = ", ".join(
            f"`{name}` {seconds:g} s" for name, seconds in others.items()
        )
        length = f"{samples / rate:g} s; of the other signatures, {listed}."
    if "hop" in content:
        length = (
            f"A step of a stream, {content['hop']} samples further each time; latency "
            f"{content['latency_ms']:g} ms."
        )
    names = {
        "name": content["name"],
        "rate": rate,
        "speakers": content["num_speakers"],
        "length": rate if samples is None else samples,
        # See docs/export.md.
        "note": "  # Anew for each recording." if samples is None else "",
    }
    folder = content["format"] == "saved_model"
    return _CARD.format(
        **names,
        model=content["model"],
        parameters=content["parameters"],
        format=content["format"],
        quantization=content["quantization"],
        megabytes=content["bytes"] / 1e6,
        input=_shape(content["input"]["shape"]),
        output=_shape(content["output"]["shape"]),
        length_in_words=length,
        metadata=f"`{'metadata.json' if folder else content['name'] + '.json'}`",
        program=_PROGRAMS[content["format"]].format(**names),
        measured="\n".join(f"- {line}" for line in measured(content)),
    )


def measured(content: dict[str, Any]) -> list[str]:
    """Returns what was measured, as sentences."""
    agreement = content["agreement"]
    lines = [
        f"Against Keras on {agreement['data']}: SNR of the difference at least "
        f"{agreement['snr_db']:.1f} dB, {agreement['mean_snr_db']:.1f} dB in the mean."
    ]
    if "si_sdr_lost_db" in agreement:
        lines.append(
            f"SI-SDR {agreement['si_sdr_db']:.2f} dB in the mean; lost to Keras: "
            f"{_lost(agreement)} dB."
        )
    if "time" in content:
        time = content["time"]
        lines.append(
            f"{1000 * time['seconds_per_second']:.0f} ms per second of sound, for "
            f"{time['seconds_of_sound']:g} s at once and one thread, "
            f"{time['ratio_to_keras']:.2f} times what `predict` of Keras takes"
            f"{' on one thread' if time['keras_on_one_thread'] else ''}."
        )
    for name, tried in content.get("interpreters", {}).items():
        outcome = f"agrees to {tried['snr_db']:.1f} dB" if tried["runs"] else "FAILS"
        detail = "" if tried["runs"] else f": {tried['error']}"
        lines.append(f"{name} {outcome}{detail}.")
    return lines


def _lost(agreement: dict[str, Any]) -> str:
    if "si_sdr_lost_db" not in agreement:
        return "n/a"
    # Adding 0 makes -0 one.
    return f"{round(agreement['si_sdr_lost_db'], 3) + 0.0:.3f}"


def _shape(shape: list[int | None]) -> str:
    names = ("batch", "samples") if len(shape) == 2 else ("batch", "voices", "samples")
    sizes = [
        name if size is None else str(size)
        for name, size in zip(names, shape, strict=True)
    ]
    return f"({', '.join(sizes)})"


def row(content: dict[str, Any]) -> list[str]:
    """Returns a table of Markdown with one row of what was measured."""
    agreement, time = content["agreement"], content.get("time", {})
    cells = {
        "precision": content["quantization"],
        "MB": f"{content['bytes'] / 1e6:.2f}",
        "least SNR, dB": f"{agreement['snr_db']:.1f}",
        "mean SNR, dB": f"{agreement['mean_snr_db']:.1f}",
        "SI-SDR lost, dB": _lost(agreement),
        "ms per s": _number(time, "seconds_per_second", "{:.0f}", 1000),
        "ratio to Keras": _number(time, "ratio_to_keras", "{:.2f}"),
    }
    for name, tried in content.get("interpreters", {}).items():
        cells[name] = f"{tried['snr_db']:.1f} dB" if tried["runs"] else "fails"
    return markdown_table(list(cells), [cells.values()], "r" * len(cells)).splitlines()


def _number(values: dict[str, Any], name: str, form: str, scale: float = 1) -> str:
    return form.format(scale * values[name]) if name in values else "n/a"
