"""Tests of dynamic mixing."""

import numpy as np
import pytest

from zoo.data.batches.dynamic import DynamicMixtures
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.packed import PackedAudio, PackedUtterance, write_packed

RATE = 8000


def _packed(*waveforms, levels_db=None):
    """Each waveform is the only utterance of a speaker."""
    levels_db = levels_db or [0.0] * len(waveforms)
    starts = np.cumsum([0] + [len(waveform) for waveform in waveforms])
    table = [
        PackedUtterance(f"c/{k}/0.wav", f"c/{k}", int(starts[k]), len(w), levels_db[k])
        for k, w in enumerate(waveforms)
    ]
    return PackedAudio(np.concatenate(waveforms).astype("float32"), RATE, table)


def _options(**options):
    return {"segment_seconds": 0.5, "batch_size": 4, "batches_per_epoch": 3, **options}


@pytest.mark.parametrize("num_speakers", [2, 3])
def test_batch_has_the_promised_form(make_corpus, num_speakers):
    mixtures = DynamicMixtures(scan(make_corpus()), num_speakers, **_options(level=0.3))
    mixture, sources, lengths = mixtures.batch(2, 1)
    assert (mixture.shape, sources.shape) == ((4, 4000), (4, num_speakers, 4000))
    assert (mixture.dtype, sources.dtype, lengths.dtype) == ("f4", "f4", "i4")
    np.testing.assert_array_equal(mixture, sources.sum(axis=1))
    rms = np.sqrt(np.sum(mixture**2, axis=1) / lengths)
    np.testing.assert_allclose(rms, 0.3, rtol=1e-5)


def test_without_a_level_the_peak_is_that_of_wsj0_2mix(make_corpus):
    mixture, sources, _ = DynamicMixtures(
        scan(make_corpus()), **_options(level=0.0)
    ).batch(0, 0)
    np.testing.assert_array_equal(mixture, sources.sum(axis=1))
    peaks = np.maximum(np.abs(mixture).max(axis=1), np.abs(sources).max(axis=(1, 2)))
    np.testing.assert_allclose(peaks, 0.9, rtol=1e-5)


def test_batch_is_a_pure_function_of_seed_epoch_and_index(make_corpus):
    corpus = scan(make_corpus(count=5))
    first = DynamicMixtures(corpus, **_options(seed=7))
    again = DynamicMixtures(corpus, **_options(seed=7))
    again.batch(3, 0)
    for one, two in zip(first.batch(1, 2), again.batch(1, 2), strict=True):
        np.testing.assert_array_equal(one, two)
    # Batches are numbered through: the epoch's length only groups them.
    longer = DynamicMixtures(corpus, **_options(seed=7, batches_per_epoch=5))
    np.testing.assert_array_equal(first.batch(1, 2)[0], longer.batch(1, 0)[0])
    other = DynamicMixtures(corpus, **_options(seed=8))
    batches = [first.batch(1, 2), first.batch(1, 1), first.batch(2, 2)]
    mixtures = [batch[0] for batch in [*batches, other.batch(1, 2)]]
    for k in range(4):
        for j in range(k):
            assert np.abs(mixtures[k] - mixtures[j]).max() > 0.01


def test_packed_file_gives_the_same_batches(make_corpus, tmp_path):
    corpus = scan(make_corpus())
    write_packed(tmp_path / "x.pack", corpus)
    one = DynamicMixtures(corpus, **_options())
    two = DynamicMixtures(PackedAudio.open(tmp_path / "x.pack"), **_options())
    for a, b in zip(one.batch(0, 1), two.batch(0, 1), strict=True):
        np.testing.assert_array_equal(a, b)


def test_snr_is_uniform_in_its_range():
    tones = [np.sin(np.arange(4000.0) * 0.3), 0.01 * np.sin(np.arange(4000.0))]
    packed = _packed(*tones, levels_db=[-3.0, -43.0])
    mixtures = DynamicMixtures(
        packed, **_options(batch_size=64, snr_range_db=(1.0, 4.0))
    )
    _, sources, _ = mixtures.batch(0, 0)
    power = np.mean(sources**2, axis=-1)
    snr_db = 10 * np.log10(power[:, 0] / power[:, 1])
    assert 0.99 < snr_db.min() < 1.3 and 3.7 < snr_db.max() < 4.01


def test_short_utterances_are_padded_and_lengths_say_so():
    mixtures = DynamicMixtures(
        _packed(np.ones(3000), np.full(1000, 2.0)), **_options(batch_size=32)
    )
    _, sources, lengths = mixtures.batch(0, 0)
    assert set(lengths) == {3000}
    assert not sources[:, :, 3000:].any()
    used = np.sort(np.count_nonzero(sources, axis=-1), axis=1)
    np.testing.assert_array_equal(used, np.tile([1000, 3000], (32, 1)))
    short = np.where(
        (np.count_nonzero(sources, axis=-1) == 1000)[..., None], sources, 0
    )
    starts = np.argmax(short.any(axis=1), axis=1)
    assert starts.min() < 400 and 1600 < starts.max() <= 2000


def test_segments_come_from_the_whole_utterance():
    ramp = np.arange(1.0, 20001.0)
    mixtures = DynamicMixtures(
        _packed(ramp, ramp[:4001], levels_db=[80.0, 80.0]), **_options(batch_size=64)
    )
    _, sources, lengths = mixtures.batch(0, 0)
    assert set(lengths) == {4000}
    step = np.median(np.diff(sources, axis=-1), axis=-1)
    first = sources[..., 0] / step
    longest = first.max(axis=1)
    assert longest.min() > 1.5 and 14000 < longest.max() < 16002


@pytest.mark.parametrize("quiet", [0.0, 0.1])
def test_quiet_segments_are_avoided(quiet):
    mostly_quiet = np.concatenate([np.full(12000, quiet), np.ones(12000)])
    mixtures = DynamicMixtures(
        _packed(mostly_quiet, np.full(4000, 0.5)), **_options(batch_size=200)
    )
    _, sources, _ = mixtures.batch(0, 0)
    peaks = np.sort(np.abs(sources).max(axis=-1), axis=1)
    # A random segment is quiet with probability 0.4; thrice in a row with 0.064.
    assert np.count_nonzero(peaks[:, 0] < 0.25 * peaks[:, 1]) < 0.12 * 200


def test_silent_mixture_is_finite():
    mixtures = DynamicMixtures(_packed(np.zeros(500), np.zeros(500)), **_options())
    mixture, sources, lengths = mixtures.batch(0, 0)
    assert not mixture.any() and not sources.any() and set(lengths) == {500}


def test_all_speakers_are_used_equally_often(make_corpus):
    packed = PackedAudio.from_corpus(scan(make_corpus(speakers=tuple("abcd"))))
    used = []
    original = packed.waveform
    packed.waveform = lambda entry, *args: (
        used.append(entry.name) or original(entry, *args)
    )
    mixtures = DynamicMixtures(packed, **_options(segment_seconds=9.0))
    for index in range(3):
        mixtures.batch(0, index)
    # 12 mixtures of 2 out of 4 speakers with 2 utterances: each is used thrice.
    assert len(used) == 24 and {used.count(name) for name in used} == {3}


@pytest.mark.parametrize(
    "options",
    [
        {"segment_seconds": 0},
        {"batch_size": 0},
        {"batches_per_epoch": -1},
        {"level": -0.1},
        {"seed": -1},
        {"num_speakers": 1},
        {"snr_range_db": (1, 0)},
    ],
)
def test_unfit_arguments_are_refused(options):
    name, value = next(iter(options.items()))
    message = rf"Received: {name}=\(?{value if name != 'snr_range_db' else 1}"
    with pytest.raises(ValueError, match=message):
        DynamicMixtures(_packed(np.ones(9), np.ones(9)), **options)


def test_too_few_speakers_are_refused():
    with pytest.raises(ValueError, match="needs as many different speakers"):
        DynamicMixtures(_packed(np.ones(9)))
