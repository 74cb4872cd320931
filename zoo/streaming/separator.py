"""Separation of a stream, block by block, while it is recorded."""

from typing import Any

import keras
import numpy as np

from zoo.inference.separator import Separator
from zoo.streaming.step import Geometry, make_step_model


class StreamingSeparator:
    """Separates a stream block by block, with a bounded delay.

    Blocks of any size go in; the voices come out as far as they are finished, and
    together are what `separator` makes of the whole recording. What the network knows
    of the past is kept in states of fixed size, so a second of audio takes the same
    time and memory after a minute and after a day.

    Args:
        separator: Of a causal network: `CausalComplexUNet`, `TasNet` with
            `causal=True`, or `ConvTasNet` with `causal=True` and cumulative or batch
            normalization. Without `level` and `fit_level`, which need the whole file.
        frames_per_step: How many frames are computed at once, at least 1. More take
            less time each and add to the latency.

    Raises:
        ValueError: If the separator cannot run as a stream, with the reason.

    Example:

    >>> from zoo.models import TasNet
    >>> network = TasNet(filters=8, segment_length=40, units=4, causal=True)
    >>> separator = Separator(network, 8000, frame_length=0, level=None)
    >>> stream = StreamingSeparator(separator)
    >>> stream.latency_ms
    5.0
    >>> [stream.push(np.ones(30, "float32")).shape for _ in range(3)]
    [(2, 0), (2, 40), (2, 40)]
    >>> stream.flush().shape
    (2, 10)
    """

    def __init__(self, separator: Separator, frames_per_step: int = 1) -> None:
        self._step = make_step_model(separator, frames_per_step)
        # XLA makes TensorFlow slower here; JAX knows nothing else.
        self._step.compile(jit_compile=keras.backend.backend() == "jax")
        self._geometry = Geometry(separator, frames_per_step)
        self.sample_rate = separator.sample_rate
        self.num_speakers = separator.num_speakers
        self.reset()

    @property
    def latency_samples(self) -> int:
        """How many samples the estimate of a sample needs, from the sample itself on.

        With window and hop of the transform or filterbank and the look-ahead of the
        network in frames, `window + (frames_per_step - 1 + lookahead) * hop`. The
        time of the computation comes on top.
        """
        return self._geometry.latency

    @property
    def latency_ms(self) -> float:
        """The latency in milliseconds."""
        return 1000 * self.latency_samples / self.sample_rate

    def reset(self) -> None:
        """Forgets everything: the next block begins another stream."""
        self._states = {
            name: np.zeros(tensor.shape, "float32")
            for name, tensor in self._step.input.items()
            if name not in ("samples", "valid")
        }
        self._buffer = np.zeros(self._geometry.lead, "float32")
        self._to_drop = self._geometry.dropped
        self._frames = self._received = self._returned = 0

    def push(self, block: np.ndarray, sample_rate: float | None = None) -> np.ndarray:
        """Takes the next samples and returns what is finished.

        Args:
            block: Samples `(samples,)`, any number of them, also none.
            sample_rate: Of the block, in Hz, to be checked. A stream is not resampled.

        Returns:
            Estimates `(speakers, samples)`, float32, which follow those returned
            before.

        Raises:
            ValueError: If the block has another shape or rate, or holds NaN or
                infinite samples.
        """
        self._check(block := np.asarray(block), sample_rate)
        self._received += len(block)
        self._buffer = np.concatenate([self._buffer, block.astype("float32")])
        parts = []
        start, end = 0, len(self._buffer) - self._geometry.window
        while start <= end:
            parts.append(self._run(start))
            start += self._geometry.hop
        self._buffer = self._buffer[start:]
        return self._joined(parts)

    def flush(self) -> np.ndarray:
        """Ends the stream, returns the rest of the estimates, and resets.

        Returns:
            Estimates `(speakers, samples)`: with them, there are as many samples as
            have been pushed.
        """
        missing = self._received - self._returned
        parts: list[np.ndarray] = []
        frames = self._geometry.count_frames(self._received)
        while sum(part.shape[1] for part in parts) < missing:
            # Zeros follow the end.
            rest = self._geometry.window - len(self._buffer)
            self._buffer = np.pad(self._buffer, (0, max(rest, 0)))
            parts.append(self._run(0, frames))
            self._buffer = self._buffer[self._geometry.hop :]
        result = self._joined(parts)[:, :missing]
        self.reset()
        return result

    def _run(self, start: int, frames: int | None = None) -> np.ndarray:
        """Runs a step on the buffer; frames from `frames` on are behind the end."""
        geometry = self._geometry
        index = self._frames + np.arange(geometry.frames_per_step)
        valid = np.ones(len(index)) if frames is None else index < frames
        inputs: dict[str, Any] = {
            "samples": self._buffer[start : start + geometry.window][np.newaxis],
            "valid": valid.astype("float32")[np.newaxis],
        }
        outputs = self._step.predict_on_batch({**inputs, **self._states})
        self._frames += len(index)
        estimates = outputs.pop("estimates")[0]
        self._states = outputs
        dropped = min(self._to_drop, estimates.shape[1])
        self._to_drop -= dropped
        return estimates[:, dropped:]

    def _joined(self, parts: list[np.ndarray]) -> np.ndarray:
        nothing = np.zeros((self.num_speakers, 0), "float32")
        result = np.concatenate([nothing, *parts], axis=1)
        self._returned += result.shape[1]
        return result

    def _check(self, block: np.ndarray, sample_rate: float | None) -> None:
        if sample_rate not in (None, self.sample_rate):
            raise ValueError(
                f"`sample_rate` must be that of the model, {self.sample_rate} Hz. "
                f"Received: sample_rate={sample_rate}. Resample the stream before."
            )
        if block.ndim != 1 or block.dtype.kind not in "fiu":
            raise ValueError(
                "`block` must hold real samples (samples,). Received: "
                f"shape={block.shape}, dtype={block.dtype}."
            )
        if not np.all(np.isfinite(block)):
            raise ValueError(
                "`block` must be finite. Received: NaN or infinite samples, "
                f"{np.count_nonzero(~np.isfinite(block))} of {len(block)}."
            )
