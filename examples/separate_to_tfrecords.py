"""Separates a folder inside a tf.data pipeline and writes TFRecords.

    python examples/separate_to_tfrecords.py --model=model.keras \
        --input_dir=RECORDINGS --output_dir=RECORDS --num_shards=4

The model is a plain Keras model from waveforms to waveforms, so it is one more step of
the pipeline: decode (by tensorflow-io where its operations load, by soundfile
elsewhere), separate, write. Each record holds, for a recording of S voices,

    name         path of the recording below the input folder, without suffix, string
    sample_rate  in Hz, int64
    mixture      float32 (samples,), as tf.io.serialize_tensor writes it
    voices       float32 (S, samples), likewise

and `read_records` reads them back. What cannot be decoded is named and left out. A
recording is separated in one piece: cut hours beforehand, or leave them to
`python -m zoo.separate`.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import keras
import tensorflow as tf
import tqdm
from absl import app, flags

# Registers the classes of the model, so that `load_model` knows them.
import zoo  # noqa: F401
from zoo import command
from zoo.data.audio.decoding import decode, decoder_of
from zoo.inference.recordings import Recording, find_recordings

_FEATURES = {
    "name": tf.io.FixedLenFeature((), tf.string),
    "sample_rate": tf.io.FixedLenFeature((), tf.int64),
    "mixture": tf.io.FixedLenFeature((), tf.string),
    "voices": tf.io.FixedLenFeature((), tf.string),
}


def separated_recordings(
    model: keras.Model, recordings: Sequence[Recording]
) -> tf.data.Dataset:
    """Makes a data set that decodes and separates recordings.

    Args:
        model: From waveforms `(batch, samples)` to `(batch, speakers, samples)`,
            with the attribute `sample_rate`, in Hz.
        recordings: Of any rate; another than that of the model is resampled.

    Returns:
        Elements of name, mixture `(samples,)` and voices `(speakers, samples)`, fewer
        than recordings if some cannot be decoded.
    """
    rate = model.sample_rate
    decoders = {}
    for recording in recordings:
        try:
            decoders[recording] = decoder_of(recording.path, rate)
        except ValueError as error:
            print(f"error: {error}", file=sys.stderr)

    def load(name: tf.Tensor, path: tf.Tensor, decoder: tf.Tensor) -> tuple:
        return name, decode(path, decoder, rate, resample=True)

    # Of any length, so that the graph is traced once.
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.float32)])
    def separate(mixture: tf.Tensor) -> tf.Tensor:
        return model(mixture[tf.newaxis], training=False)[0]

    dataset = tf.data.Dataset.from_tensor_slices(
        (
            [recording.name for recording in decoders],
            [str(recording.path) for recording in decoders],
            list(decoders.values()),
        )
    )
    # Decoding waits for files and may run ahead; the model uses all cores by itself.
    return (
        dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE)
        .ignore_errors(log_warning=True)
        .map(lambda name, mixture: (name, mixture, separate(mixture)))
        .prefetch(2)
    )


def write_records(
    dataset: tf.data.Dataset, output_dir: str | Path, sample_rate: int, num_shards: int
) -> int:
    """Writes the elements in turn to shards, which get their names when complete.

    Args:
        dataset: Of `separated_recordings`.
        output_dir: Folder to write `voices-00000-of-00004.tfrecord` and so on to.
        sample_rate: In Hz.
        num_shards: Number of files.

    Returns:
        The number of records.
    """
    Path(output_dir).mkdir(parents=True, exist_ok=True)
    files = [
        os.path.join(output_dir, f"voices-{k:05}-of-{num_shards:05}.tfrecord")
        for k in range(num_shards)
    ]
    partials = [f"{file}.{os.getpid()}.partial" for file in files]
    count = 0
    try:
        # With tf.io's own files an error of the disk is raised, not lost.
        writers = [tf.io.TFRecordWriter(partial) for partial in partials]
        for name, mixture, voices in tqdm.tqdm(dataset, disable=None, unit="file"):
            record = _record(name, sample_rate, mixture, voices)
            writers[count % num_shards].write(record)
            count += 1
        for writer in writers:
            writer.close()
        for partial, file in zip(partials, files, strict=True):
            os.replace(partial, file)
    finally:
        for partial in filter(os.path.exists, partials):
            os.unlink(partial)
    return count


def read_records(files: Sequence[str]) -> tf.data.Dataset:
    """Reads what `write_records` has written.

    Args:
        files: TFRecord files.

    Returns:
        Elements with the keys `name`, `sample_rate`, `mixture` and `voices`.
    """

    def parse(record: tf.Tensor) -> dict[str, tf.Tensor]:
        values = tf.io.parse_single_example(record, _FEATURES)
        for key, shape in (("mixture", (None,)), ("voices", (None, None))):
            tensor = tf.io.parse_tensor(values[key], tf.float32)
            values[key] = tf.ensure_shape(tensor, shape)
        return values

    return tf.data.TFRecordDataset(files).map(parse)


def define_flags() -> None:
    flags.DEFINE_string("model", None, "The .keras file of a separator.")
    flags.DEFINE_string("input_dir", None, "Folder of recordings.")
    flags.DEFINE_string("output_dir", None, "Folder to write to.")
    flags.DEFINE_integer("num_shards", 1, "Number of files.", lower_bound=1)
    flags.mark_flags_as_required(["model", "input_dir", "output_dir"])


def main(argv: Sequence[str]) -> int:
    values = flags.FLAGS
    if len(argv) > 1:
        raise app.UsageError(f"Only flags are taken. Received: {argv[1]!r}.")
    if not os.path.isfile(values.model):
        raise ValueError(f"--model must be a .keras file. Received: {values.model!r}.")
    model = keras.models.load_model(values.model)
    recordings = find_recordings([values.input_dir])
    dataset = separated_recordings(model, recordings)
    count = write_records(
        dataset, values.output_dir, model.sample_rate, values.num_shards
    )
    print(
        f"{count} of {len(recordings)} recordings in {values.num_shards} files in "
        f"{values.output_dir}"
    )
    return 0 if count == len(recordings) else 1


def _record(
    name: tf.Tensor, sample_rate: int, mixture: tf.Tensor, voices: tf.Tensor
) -> bytes:
    def strings(value: bytes) -> tf.train.Feature:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    rate = tf.train.Int64List(value=[sample_rate])
    features = {
        "name": strings(name.numpy()),
        "sample_rate": tf.train.Feature(int64_list=rate),
        "mixture": strings(tf.io.serialize_tensor(mixture).numpy()),
        "voices": strings(tf.io.serialize_tensor(voices).numpy()),
    }
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString()


if __name__ == "__main__":
    command.run(main, define_flags)
