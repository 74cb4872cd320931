"""Keeps the speakers of separated chunks in order over a whole recording."""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from zoo.inference.voice_statistics import (
    STEP_SECONDS,
    VoiceStatistics,
    voice_statistics,
)

# Chunks that are kept until later ones have told what they can: more than three minutes
# at the usual length. Deciding at once left 31 of 2077 chunks out of order, this none
# (30 dialogues: `studies.continuity --split=train --seed=1 --chunks=10:2
# --leaks_db=-inf`).
_DELAY = 8
# Independent observations in a second: neighbouring frames say the same. Fewer than
# there are phonemes, as the same words come again.
_RATE = 3.0
# Means vary from speaker to speaker as those of so many observations of one would.
_PRIOR_OBSERVATIONS = 2.0
# Error of an estimate that is not worth a word, against the power of loud speech.
_NOISE = 1e-3
# A chunk as weak as this against the loudest counts half.
_WEAK = 0.01


@dataclass
class _Chunk:
    """Memory of a chunk until its order is decided.

    `distances[i, j]` is the energy of the difference of estimate `i` of the chunk
    before and estimate `j` of this one, where the two overlap.
    """

    statistics: VoiceStatistics
    distances: np.ndarray
    order: np.ndarray


class SpeakerOrder:
    """Finds the order of the speakers of each chunk, a few chunks later.

    It is the order of the largest likelihood of all that was heard, from two kinds
    of evidence. Where two chunks overlap, the same speaker's estimates are the same
    but for an error. With its variance unknown, an order in which they differ by an
    energy of `d` has the logarithm of the likelihood

        -n / 2 log(d + e)

    with `n` independent observations and an energy `e` that is not worth a word:
    silence favours no order, and what is left of a voice in an estimate weighs as
    little as it is loud. The frames of a speaker are normal in their mel-cepstra,
    around a mean of the speaker's own. With `n_s` observations of speaker `s`, of
    mean `x_s`, in coordinates in which all speech has the mean 0 and the covariance
    1, the logarithm of their likelihood is

        sum_s  (n_s x_s)^2 / (2 (n_s + k)) - D / 2 log(1 + n_s / k)

    up to terms that no order changes. A speaker who was not heard yet has `n_s = 0`,
    and what fits the others badly fits him. An order is decided once eight more
    chunks are known; until then a run of chunks may still change places as a whole.

    Args:
        sample_rate: Of the estimates, in Hz.
        overlap_samples: How many samples two chunks share.

    Reference:

    - [Prince & Elder, 2007, Probabilistic linear discriminant analysis for inferences
      about identity](https://doi.org/10.1109/ICCV.2007.4409052), of which this is the
      case of one covariance
    """

    def __init__(self, sample_rate: float, overlap_samples: int) -> None:
        self.sample_rate = sample_rate
        self.overlap_samples = overlap_samples
        self._waiting: deque[_Chunk] = deque()
        self._end: np.ndarray | None = None
        # The sums of all chunks that are decided, in order, and the order of the last.
        self._heard: VoiceStatistics | None = None
        self._last: np.ndarray | None = None
        self._loudest = 0.0

    def sort(self, chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Puts chunks of estimates in order.

        Args:
            chunks: Estimates `(speakers, samples)`, each of which begins with the
                last `overlap_samples` of the one before.

        Yields:
            The chunks, with the speakers in the order of the first chunk.

        Raises:
            ValueError: If the estimates are not finite.
        """
        kept: deque[np.ndarray] = deque()

        def remembered() -> Iterator[np.ndarray]:
            for chunk in chunks:
                kept.append(chunk)
                yield chunk

        for order in self.orders(remembered()):
            yield kept.popleft()[order]

    def orders(self, chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Finds the orders of chunks of estimates.

        Args:
            chunks: As in `sort`.

        Yields:
            For each chunk, the index of the estimate of each speaker.
        """
        for chunk in chunks:
            self._add(chunk)
            if len(self._waiting) > _DELAY:
                yield self._decide()
        while self._waiting:
            yield self._decide()

    def _add(self, estimates: np.ndarray) -> None:
        """Takes the next chunk, `(speakers, samples)`."""
        if not np.isfinite(estimates).all():
            raise ValueError(
                "Estimates must be finite. Received: NaN or infinity. The weights of "
                "the model may be damaged."
            )
        speakers = len(estimates)
        distances = np.zeros((speakers, speakers))
        if self._end is not None:
            distances = _distances(self._end, estimates[:, : self.overlap_samples])
        self._end = estimates[:, -self.overlap_samples :].copy()
        statistics = voice_statistics(estimates, self.sample_rate)
        self._loudest = max(self._loudest, statistics.power)
        self._waiting.append(_Chunk(statistics, distances, np.arange(speakers)))
        if speakers > 1 and (len(self._waiting) > 1 or self._last is not None):
            self._search()

    def _decide(self) -> np.ndarray:
        """Returns the order of the first chunk that waits."""
        chunk = self._waiting.popleft()
        own = self._weighed(chunk.statistics)
        heard = self._heard or own.scaled(0.0)
        self._heard = VoiceStatistics(
            heard.weights + own.weights[chunk.order],
            heard.sums + own.sums[chunk.order],
            heard.squares + own.squares,
            own.power,
        )
        self._last = chunk.order
        return chunk.order

    def _weighed(self, statistics: VoiceStatistics) -> VoiceStatistics:
        """Counts chunks of noise alone for little, whose own level says nothing."""
        power = statistics.power
        share = power / max(power + _WEAK * self._loudest, 1e-30)
        return statistics.scaled(share * _RATE * STEP_SECONDS)

    def _search(self) -> None:
        """Improves the orders of the chunks that wait until none can be improved."""
        *earlier, newest = self._waiting
        previous = earlier[-1].order if earlier else self._last
        newest.order = _least_assignment(newest.distances[previous])
        orders = np.stack([chunk.order for chunk in self._waiting])
        orders = self._likelihood().climb(orders)
        for chunk, order in zip(self._waiting, orders, strict=True):
            chunk.order = order

    def _likelihood(self) -> "_Likelihood":
        chunks = [self._weighed(chunk.statistics) for chunk in self._waiting]
        heard = self._heard or chunks[0].scaled(0.0)
        weights = np.stack([heard.weights, *(chunk.weights for chunk in chunks)])
        sums = np.stack([heard.sums, *(chunk.sums for chunk in chunks)])
        squares = heard.squares + sum(chunk.squares for chunk in chunks)
        energy = self._loudest * self.overlap_samples * weights.shape[1]
        return _Likelihood(
            weights=weights,
            sums=_whitened(weights, sums, squares),
            distances=np.stack([chunk.distances for chunk in self._waiting]),
            last=self._last,
            observations=_RATE * self.overlap_samples / self.sample_rate,
            noise=_NOISE * energy + 1e-30,
        )


@dataclass
class _Likelihood:
    """Likelihood of the orders of the chunks that wait, given those that are decided.

    The first of `weights` and `sums` are of all that is decided, in order.
    """

    weights: np.ndarray
    sums: np.ndarray
    distances: np.ndarray
    last: np.ndarray | None
    observations: float
    noise: float

    def climb(self, orders: np.ndarray) -> np.ndarray:
        """Exchanges two speakers in a run of chunks for as long as it helps."""
        value, best = self(orders), orders
        while True:
            for changed in self._exchanged(orders):
                likelihood = self(changed)
                # Rounding is no reason.
                if likelihood > value + 1e-6:
                    value, best = likelihood, changed
            if best is orders:
                return orders
            orders = best

    def __call__(self, orders: np.ndarray) -> float:
        """Returns the logarithm of the likelihood of orders `(chunks, speakers)`."""
        chunks = np.arange(len(orders))[:, np.newaxis]
        weights = self.weights[0] + self.weights[1:][chunks, orders].sum(axis=0)
        sums = self.sums[0] + self.sums[1:][chunks, orders].sum(axis=0)
        fit = np.square(sums).sum(axis=1) / (weights + _PRIOR_OBSERVATIONS)
        spread = sums.shape[1] * np.log1p(weights / _PRIOR_OBSERVATIONS)
        # The distances of the very first chunk are zero.
        last = orders[0] if self.last is None else self.last
        previous = np.concatenate([last[np.newaxis], orders[:-1]])
        energies = self.distances[chunks, previous, orders].sum(axis=1)
        error = self.observations * np.log(energies + self.noise).sum()
        return float((fit - spread).sum() - error) / 2

    def _exchanged(self, orders: np.ndarray) -> Iterator[np.ndarray]:
        """Yields orders with two speakers exchanged in one run of chunks."""
        # The first chunk of all gives the speakers their numbers.
        first = 1 if self.last is None else 0
        runs = itertools.combinations(range(first, len(orders) + 1), 2)
        pairs = itertools.combinations(range(orders.shape[1]), 2)
        for (start, end), (one, two) in itertools.product(runs, pairs):
            changed = orders.copy()
            changed[start:end, [one, two]] = orders[start:end, [two, one]]
            yield changed


def _least_assignment(costs: np.ndarray) -> np.ndarray:
    """Returns the column of each row that make the least sum, by trying all."""
    rows = np.arange(len(costs))
    orders = itertools.permutations(rows)
    return np.array(min(orders, key=lambda order: costs[rows, order].sum()))


def _whitened(weights: np.ndarray, sums: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Brings sums of cepstra to where all frames have the mean 0, the covariance 1."""
    count = weights.sum()
    if not count:
        return np.zeros_like(sums)
    mean = sums.sum(axis=(0, 1)) / count
    covariance = squares / count - np.outer(mean, mean)
    size = len(covariance)
    # A few frames, or a steady sound, do not make it one of full rank.
    covariance += (1e-3 * np.trace(covariance) / size + 1e-4) * np.eye(size)
    centred = sums - weights[..., np.newaxis] * mean
    return centred @ np.linalg.inv(np.linalg.cholesky(covariance)).T


def _distances(ends: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Returns the energy of the difference of each two signals, `(ends, starts)`."""
    return np.array(
        [
            [np.square(end - start, dtype="float64").sum() for start in starts]
            for end in ends
        ]
    )
