"""Export of separators to formats that run without this package."""

from zoo.export.litert import export_litert
from zoo.export.onnx import export_onnx
from zoo.export.saved_model import export_saved_model
from zoo.export.streaming import export_streaming_litert

__all__ = [
    "export_litert",
    "export_onnx",
    "export_saved_model",
    "export_streaming_litert",
]
