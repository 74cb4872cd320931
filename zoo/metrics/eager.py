"""Measures computed by NumPy as Keras metrics, for `compile(run_eagerly=True)`.

    model.compile(loss=loss, metrics=[SDR(), STOI(8000)], run_eagerly=True)
    model.evaluate(mixtures, sources)

Waveforms are `(batch, samples)` or `(batch, speakers, samples)`, references also
with a mask on one more axis `[signal, mask]`. Estimates of several speakers may
come in any order. The value of an example is the mean over its speakers, the
result the mean over examples. Values that are not defined, such as those of a
silent reference, are left out and counted in the variable `skipped`; a mean of
nothing is NaN. For all of them higher is better: `mode="max"` in callbacks.
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from keras_complex.metrics.mean_over_examples import MeanOverExamples
from zoo.metrics.separation import bss_eval, order_by_si_sdr
from zoo.metrics.speech import check_pesq, pesq, stoi


class _BSSEval(MeanOverExamples):
    """Base of the measures of BSS Eval.

    Args:
        filter_length: Taps of the filter that a reference may have passed.
        name: Name of the result; by default that of the class, in small letters.
        dtype: As in `keras.metrics.Metric`; the sums are in float32.
    """

    # Its place in what `bss_eval` returns.
    _place = 0
    argument_names = ("filter_length",)

    def __init__(
        self, filter_length: int = 512, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name=name or type(self).__name__.lower(), dtype=dtype)
        self.filter_length = filter_length

    def _values(self, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
        values = [
            bss_eval(references, estimates, self.filter_length)[self._place]
            for references, estimates in _examples(y_true, y_pred)
        ]
        return np.array(values), ~np.isnan(values)


@keras.saving.register_keras_serializable(package="zoo")
class SDR(_BSSEval):
    """Signal-to-distortion ratio of BSS Eval, version 3, in dB.

    Speakers are assigned by the best mean SIR, as in `zoo.metrics.bss_eval`.

    Args:
        filter_length: Taps of the filter that a reference may have passed.
        name: Name of the result, `"sdr"` by default.
        dtype: As in `keras.metrics.Metric`; the sums are in float32.

    Example:

    >>> rng = np.random.default_rng(0)
    >>> clean, noise = rng.normal(size=(2, 1, 4000))
    >>> metric = SDR(filter_length=1)
    >>> metric.update_state(clean, clean + 0.1 * noise)
    >>> round(float(metric.result()))
    20

    Reference:

    - [Vincent, Gribonval & Fevotte, 2006, Performance measurement in blind audio
      source separation](https://doi.org/10.1109/TSA.2005.858005)
    """


@keras.saving.register_keras_serializable(package="zoo")
class SIR(_BSSEval):
    """Signal-to-interference ratio of BSS Eval, version 3, in dB.

    One speaker alone has no interference, so no value. Otherwise as `SDR`.

    Example:

    >>> sources = np.random.default_rng(0).normal(size=(1, 2, 4000))
    >>> metric = SIR(filter_length=1)
    >>> metric.update_state(sources, sources + 0.1 * sources[:, ::-1])
    >>> round(float(metric.result()))
    20
    """

    _place = 1


@keras.saving.register_keras_serializable(package="zoo")
class SAR(_BSSEval):
    """Signal-to-artifacts ratio of BSS Eval, version 3, in dB.

    Interference is no artifact. Otherwise as `SDR`.

    Example:

    >>> sources, noise = np.random.default_rng(0).normal(size=(2, 1, 2, 4000))
    >>> metric = SAR(filter_length=1)
    >>> metric.update_state(sources, sources + 0.1 * noise)
    >>> round(float(metric.result()))
    20
    """

    _place = 2


class _SpeechMeasure(MeanOverExamples):
    """Base of measures of each speaker, assigned by the best mean SI-SDR."""

    def _values(self, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
        values = [
            [
                self._measure(reference, estimates[index])
                for reference, index in zip(
                    references, order_by_si_sdr(references, estimates), strict=True
                )
            ]
            for references, estimates in _examples(y_true, y_pred)
        ]
        return np.array(values), ~np.isnan(values)

    def _measure(self, reference: np.ndarray, estimate: np.ndarray) -> float:
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="zoo")
class STOI(_SpeechMeasure):
    """Short-time objective intelligibility, about 0 to 1.

    It needs the package `pystoi`. Speakers are assigned by the best mean SI-SDR. A
    reference with less than 0.4 s of speech has no value; the value of a silent
    estimate is 0.

    Args:
        sample_rate: In Hz, any; the signals are resampled to 10 kHz.
        extended: Whether to compute ESTOI.
        name: Name of the result, `"stoi"` or `"estoi"` by default.
        dtype: As in `keras.metrics.Metric`; the sums are in float32.

    Raises:
        ImportError: If `pystoi` is not installed, in the first update.
        ValueError: If `sample_rate` is not positive.

    Reference:

    - [Taal et al., 2011, An algorithm for intelligibility prediction of
      time-frequency weighted noisy speech](
      https://doi.org/10.1109/TASL.2011.2114881)
    """

    argument_names = ("sample_rate", "extended")

    def __init__(
        self,
        sample_rate: int,
        extended: bool = False,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name or ("estoi" if extended else "stoi"), dtype=dtype)
        if sample_rate < 1:
            raise ValueError(
                "`sample_rate` must be a positive number of Hz. "
                f"Received: sample_rate={sample_rate}."
            )
        self.sample_rate = sample_rate
        self.extended = extended

    def _measure(self, reference: np.ndarray, estimate: np.ndarray) -> float:
        return stoi(reference, estimate, self.sample_rate, self.extended)


@keras.saving.register_keras_serializable(package="zoo")
class PESQ(_SpeechMeasure):
    """Perceptual evaluation of speech quality, a mean opinion score of 1 to 4.6.

    It needs the package `pesq`. Speakers are assigned by the best mean SI-SDR. A
    reference without speech, or shorter than 1/4 s, has no value; that of a silent
    estimate is the lowest, 1.02 in narrow and 1.04 in wide band.

    Args:
        sample_rate: 8000 or 16000, in Hz. Wide band needs 16000.
        mode: `"nb"` for narrow band or `"wb"` for wide band, whose values cannot be
            compared with each other.
        name: Name of the result, `"pesq_nb"` or `"pesq_wb"` by default.
        dtype: As in `keras.metrics.Metric`; the sums are in float32.

    Raises:
        ImportError: If `pesq` is not installed, in the first update.
        ValueError: If rate and mode do not go together.

    Reference:

    - [ITU-T P.862](https://www.itu.int/rec/T-REC-P.862)
    - [ITU-T P.862.2](https://www.itu.int/rec/T-REC-P.862.2)
    """

    argument_names = ("sample_rate", "mode")

    def __init__(
        self,
        sample_rate: int,
        mode: str,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        check_pesq(sample_rate, mode)
        super().__init__(name=name or f"pesq_{mode}", dtype=dtype)
        self.sample_rate = sample_rate
        self.mode = mode

    def _measure(self, reference: np.ndarray, estimate: np.ndarray) -> float:
        return pesq(reference, estimate, self.sample_rate, self.mode)


def _examples(y_true: Any, y_pred: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields references and estimates `(speakers, samples)`, without padding."""
    true, pred = _to_numpy(y_true), _to_numpy(y_pred)
    if pred.ndim == 2:
        true, pred = true[:, None], pred[:, None]
    masked = true.shape == (*pred.shape, 2)
    if pred.ndim != 3 or not (masked or true.shape == pred.shape):
        raise ValueError(
            "Waveforms must be (batch, samples) or (batch, speakers, samples), "
            "references also with a mask on one more axis [signal, mask]. "
            f"Received: shapes y_true={np.shape(y_true)}, y_pred={np.shape(y_pred)}."
        )
    for references, estimates in zip(true, pred, strict=True):
        if masked:
            valid = np.any(references[..., 1] > 0.5, axis=0)
            references = np.where(references[..., 1] > 0.5, references[..., 0], 0)
            references, estimates = references[:, valid], estimates[:, valid]
        yield references, estimates


def _to_numpy(x: Any) -> np.ndarray:
    try:
        return np.asarray(keras.ops.convert_to_numpy(x), "float64")
    except (AttributeError, NotImplementedError, TypeError) as error:
        raise ValueError(
            "This metric is computed by NumPy and needs values. Received: a symbol "
            f"of a compiled graph, {x!r}. Pass `run_eagerly=True` to `compile`."
        ) from error
