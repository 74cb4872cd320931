"""Endless, repeatable streams of training batches for Keras."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import keras
import numpy as np

from zoo.data.batches.folder_mixtures import FolderMixtures

# Batches that tf.data has ready.
_PREFETCHED = 2

Batch = tuple[np.ndarray, np.ndarray, np.ndarray]


class Source(Protocol):
    """Source of a stream: `DynamicMixtures` or `FolderMixtures`."""

    num_speakers: int
    batch_size: int
    batches_per_epoch: int

    @property
    def segment_samples(self) -> int | None:
        """Length of the waveforms of a batch; None if batches differ in it."""

    def batch(self, epoch: int, index: int) -> Batch:
        """Returns mixtures, sources and lengths: a pure function."""


class MixtureSequence(keras.utils.PyDataset):
    """One epoch of a source, for any backend of Keras; imports no TensorFlow.

    A batch is `x`, the mixtures `(batch, samples)`, and `y`, the sources `(batch,
    speakers, samples)` with the lengths of the mixtures before padding `(batch,)`.

    Every pass serves the same epoch, as a validation set must. To train on epoch
    after epoch, in the order of the source, call
    `fit(sequence, shuffle=False, callbacks=[sequence.follow()])`. The sequence
    cannot count the passes itself: Keras makes one more to build the model.

    Two threads make the next batches while the model trains. They are the
    sequence's own: with the `workers` of Keras, batches left over from one pass
    would be served in the next.

    Args:
        source: Where the batches come from.
        epoch: Which epoch.
        prefetch: How many batches to make ahead; 0 makes each on demand.
        transform: Makes another `(x, y)` of mixtures, sources and lengths.

    Raises:
        ValueError: If `epoch` or `prefetch` is negative.
    """

    def __init__(
        self,
        source: Source,
        epoch: int = 0,
        prefetch: int = 4,
        transform: Callable[..., tuple[Any, Any]] | None = None,
    ) -> None:
        super().__init__()
        _check_epoch(epoch)
        if prefetch < 0:
            raise ValueError(
                f"`prefetch` must not be negative. Received: prefetch={prefetch}."
            )
        self.source = source
        self.epoch = epoch
        self.prefetch = prefetch
        self.transform = transform or _inputs_and_targets
        self._threads = ThreadPoolExecutor(max_workers=2)
        self._pending: dict[tuple[int, int], Future] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self.source.batches_per_epoch

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        stop = min(index + 1 + self.prefetch, len(self))
        with self._lock:
            wanted = [(self.epoch, i) for i in range(index, stop)]
            self._pending = {
                place: self._pending.get(place)
                or self._threads.submit(self._make, place)
                for place in wanted
            }
            future = self._pending.pop(wanted[0])
        return future.result()

    def follow(self) -> keras.callbacks.Callback:
        """Returns a callback that makes the sequence serve the epoch of `fit`."""

        def serve(epoch: int, logs: Any = None) -> None:
            self.epoch = epoch

        return keras.callbacks.LambdaCallback(on_epoch_begin=serve)

    def _make(self, place: tuple[int, int]) -> tuple[Any, Any]:
        return self.transform(*self.source.batch(*place))


def tf_dataset(source: Source, start_epoch: int = 0, epochs: int | None = None) -> Any:
    """Serves a source through tf.data, the same batches as `MixtureSequence`.

    Dynamic mixtures are made by NumPy in parallel calls. The files of
    `FolderMixtures` are decoded in the graph by tensorflow-io, where its operations
    load and decode exactly, and by soundfile otherwise.

    Args:
        source: Where the batches come from.
        start_epoch: Epoch served first.
        epochs: How many epochs; `None` for no end, to which belongs
            `fit(steps_per_epoch=source.batches_per_epoch)`.

    Returns:
        A `tf.data.Dataset` of `(x, y)`, as in `MixtureSequence`.

    Raises:
        ValueError: If `start_epoch` is negative.
    """
    import tensorflow as tf

    _check_epoch(start_epoch)
    per_epoch = source.batches_per_epoch
    stop = tf.int64.max if epochs is None else (start_epoch + epochs) * per_epoch
    if isinstance(source, FolderMixtures):
        batches = _decoded_in_graph(source, start_epoch * per_epoch, stop)
    else:
        numbers = tf.data.Dataset.range(start_epoch * per_epoch, stop)
        batches = _mapped(
            numbers,
            lambda number: source.batch(*divmod(int(number), per_epoch)),
            [tf.float32, tf.float32, tf.int32],
        )

    def shaped(*batch: Any) -> tuple[Any, Any]:
        size, samples = source.batch_size, source.segment_samples
        shapes = (size, samples), (size, source.num_speakers, samples), (size,)
        mixture, *targets = map(tf.ensure_shape, batch, shapes)
        return mixture, tuple(targets)

    options = tf.data.Options()
    # The end of an iterator that tunes itself waits for its tuner, which may sleep for
    # seconds.
    options.autotune.enabled = False
    # The order is that of the source: no worker may take files or elements away.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    return batches.map(shaped).prefetch(_PREFETCHED).with_options(options)


def _inputs_and_targets(
    mixtures: np.ndarray, sources: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    return mixtures, (sources, lengths)


def _decoded_in_graph(source: FolderMixtures, start: int, stop: int) -> Any:
    import tensorflow as tf

    from zoo.data.audio.decoding import decode, decoder_of

    folder, size = source.folder, source.batch_size

    def plan(number: np.ndarray) -> tuple[Any, ...]:
        example, fraction = source.draw(int(number))
        paths = folder.files[example]
        decoders = [decoder_of(path, folder.sample_rate) for path in paths]
        names = np.array([str(path).encode() for path in paths], object)
        return names, np.array(decoders, "int32"), np.float64(fraction)

    def decoded(paths: Any, decoders: Any, fraction: Any) -> Any:
        waveforms = tuple(
            decode(paths[k], decoders[k], folder.sample_rate, folder.resample)
            for k in range(1 + source.num_speakers)
        )
        return *waveforms, fraction

    def cut(*inputs: np.ndarray) -> tuple[Any, ...]:
        *waveforms, fraction = inputs
        lengths = [len(waveform) for waveform in waveforms]
        if len(set(lengths)) > 1:
            raise ValueError(
                "A mixture and its sources must have the same length. "
                f"Received: {lengths} samples in {str(folder.path)!r}."
            )
        mixture, sources, length = source.cut(np.stack(waveforms), float(fraction))
        return mixture, sources, np.int32(length)

    stop = stop if stop == tf.int64.max else stop * size
    count = 1 + source.num_speakers
    examples = _mapped(
        _mapped(
            tf.data.Dataset.range(start * size, stop),
            plan,
            [tf.string, tf.int32, tf.float64],
            [(count,), (count,), ()],
        ).map(decoded, num_parallel_calls=os.cpu_count()),
        cut,
        [tf.float32, tf.float32, tf.int32],
        [(None,), (source.num_speakers, None), ()],
    ).padded_batch(size, drop_remainder=True)

    def fill(mixtures: Any, sources: Any, lengths: Any) -> Any:
        longest = tf.shape(mixtures)[-1]
        if source.segment_samples is None:
            missing = -longest % source.sample_rate
        else:
            missing = source.segment_samples - longest
        mixtures = tf.pad(mixtures, [(0, 0), (0, missing)])
        return mixtures, tf.pad(sources, [(0, 0), (0, 0), (0, missing)]), lengths

    return examples.map(fill)


def _mapped(
    dataset: Any,
    function: Callable[..., tuple[Any, ...]],
    dtypes: list[Any],
    shapes: Sequence[tuple[int | None, ...]] | None = None,
) -> Any:
    """Maps a NumPy function in order, as many at a time as there are CPUs."""
    import tensorflow as tf

    def call(*tensors: Any) -> tuple[Any, ...]:
        outputs = tf.numpy_function(function, tensors, dtypes)
        if shapes is not None:
            for output, shape in zip(outputs, shapes, strict=True):
                output.set_shape(shape)
        return tuple(outputs)

    return dataset.map(call, num_parallel_calls=os.cpu_count())


def _check_epoch(epoch: int) -> None:
    if epoch < 0:
        raise ValueError(f"The epoch must not be negative. Received: epoch={epoch}.")
