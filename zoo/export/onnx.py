"""Export to ONNX, by way of PyTorch."""

import importlib
import importlib.util
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zoo.export import finishing, metadata
from zoo.export.inputs import example_signal, load_inputs
from zoo.files import unfinished
from zoo.inference.separator import Separator

_PACKAGES = ("torch", "onnx", "onnxscript", "onnxruntime")


def export_onnx(
    separator: Separator,
    path: str | Path,
    samples: int | None = None,
    resizable: bool = False,
    data: str | Path | None = None,
    repeats: int = 0,
) -> float:
    """Writes an ONNX file from a waveform to waveforms, and checks it.

    Keras must run on PyTorch, whose exporter it takes; the one for TensorFlow is no
    longer kept. `<name>.json` and `<name>.md` beside the file state rate, shapes,
    operations and what was measured, in ONNX Runtime on the CPU.

    Args:
        separator: The model.
        path: File to write, ending in .onnx.
        samples: Length of the input. Two seconds if `None`.
        resizable: Whether the file takes any length. That takes the exporter minutes
            for a large network, and not every network converts.
        data: Folder of recordings, better of mixtures, to compare on. A synthetic
            signal if `None`.
        repeats: Runs by which to compare the time with that of Keras; 0 for none.

    Returns:
        How well it agrees with Keras: the SNR of the difference, in dB, the least
        over all inputs.

    Raises:
        ImportError: If a package of the extra `onnx` is missing.
        ValueError: If Keras runs on another backend, if an argument is wrong, if the
            network does not convert, or if the two do not agree.
    """
    _require_torch()
    path = Path(path)
    samples = 2 * separator.sample_rate if samples is None else samples
    if path.suffix != ".onnx":
        raise ValueError(f"`path` must end in .onnx. Received: path={str(path)!r}.")
    if samples < 1:
        raise ValueError(f"`samples` must be positive. Received: samples={samples}.")
    free = None if resizable else samples
    inputs = load_inputs(separator, data, free)
    program = _convert(separator, samples, resizable)
    content: dict[str, Any] = {
        "name": path.name,
        "format": "onnx",
        "quantization": "float32",
        **metadata.describe(separator, 1, free),
        "signatures": {"main": {"inputs": ["mixture"], "outputs": ["voices"]}},
        "operations": _operations(program.model_proto),
    }
    with unfinished(path) as partial:
        program.save(str(partial))
        call = _runner(partial)
        finishing.measure(separator, call, inputs, content, samples, repeats)
    finishing.write_description(path, content)
    return content["agreement"]["snr_db"]


def _convert(separator: Separator, samples: int, resizable: bool) -> Any:
    torch: Any = importlib.import_module("torch")

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.separator = separator

        def forward(self, mixture: Any) -> Any:
            return self.separator(mixture, training=False)

    rate = separator.sample_rate
    mixture = torch.from_numpy(example_signal(samples, rate))
    shapes = {"mixture": {1: torch.export.Dim.DYNAMIC}} if resizable else None
    device = next((w.value.device for w in separator.weights), mixture.device)
    with torch.no_grad(), finishing.quiet():
        try:
            return torch.onnx.export(
                Module().eval(),
                (mixture.to(device),),
                dynamo=True,
                dynamic_shapes=shapes,
                input_names=["mixture"],
                output_names=["voices"],
                # Folding of constants takes minutes and gains nothing that ONNX
                # Runtime does not do.
                optimize=False,
                verbose=False,
            )
        except torch.onnx.OnnxExporterError as error:
            raise ValueError(
                "The network must convert to ONNX. Received: "
                f"{separator.network.name!r}, at which PyTorch says: {_reason(error)}"
                + (" Pass a fixed length." if resizable else "")
            ) from error


def _reason(error: Exception) -> str:
    """Returns what is said below the advice to developers of PyTorch."""
    text = str(error).partition("## Exception summary")[2] or str(error)
    return " ".join(text.split())[:300]


def _runner(path: Path) -> Callable[[np.ndarray], np.ndarray]:
    onnxruntime: Any = importlib.import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )

    def run(mixture: np.ndarray) -> np.ndarray:
        try:
            return session.run(None, {"mixture": mixture})[0]
        except Exception as error:
            # The runtime's own exceptions have no common class.
            raise ValueError(
                "The file must run in ONNX Runtime. Received: input of shape "
                f"{mixture.shape}: {str(error).splitlines()[0][:200]} Pass a fixed "
                "length."
            ) from error

    return run


def _operations(model: Any) -> dict[str, int]:
    return dict(sorted(Counter(node.op_type for node in model.graph.node).items()))


def _require_torch() -> None:
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise ImportError(
            f"An export to ONNX needs {', '.join(missing)}. Run "
            "`pip install 'keras-complex-zoo[onnx]'`."
        )
    if keras.backend.backend() != "torch":
        raise ValueError(
            "An export to ONNX needs Keras to run on PyTorch. Received: backend="
            f"{keras.backend.backend()!r}. Set KERAS_BACKEND=torch; the .keras file is "
            "the same for all."
        )
