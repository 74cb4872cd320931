"""Optimal assignment, on every backend and under every compiler."""

import functools
import itertools

import numpy as np
from keras import ops

from keras_complex.types import Tensor

# The dynamic programme visits all subsets: 24576 sums for 12 rows.
MAX_ROWS = 12


def best_permutation(costs: Tensor) -> Tensor:
    """Assigns a column to each row, so that the sum of costs is least.

        argmin_pi sum_r costs[r, pi(r)]

    Exact, by a dynamic programme over the subsets of columns (Held & Karp): with
    the columns `S` for the last `|S|` of `n` rows and `r = n - |S|`,

        g(S) = min_(c in S) costs[r, c] + g(S - {c})

    in `n 2^(n-1)` sums of fixed shape instead of `n!`. Of permutations that are
    equally good, the first in lexicographic order is taken, up to rounding.

    Args:
        costs: Costs `(batch, n, n)`, finite, with a known `n` of at most 12.

    Returns:
        Integers `(batch, n)`: the column of each row. Without gradient.

    Raises:
        ValueError: If the costs are not square, or if there are too many.

    Example:

    >>> costs = np.array([[[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]]])
    >>> np.array(best_permutation(costs)).tolist()
    [[1, 0, 2]]

    Reference:

    - [Held & Karp, 1962, A dynamic programming approach to sequencing problems](
      https://doi.org/10.1137/0110015)
    """
    costs = ops.stop_gradient(ops.convert_to_tensor(costs))
    rows = _count_rows(tuple(costs.shape))
    best, choices = ops.zeros_like(costs[:, 0, :1]), []
    for size in range(1, rows + 1):
        columns, rests = _subsets(rows, size)
        candidates = ops.take(costs[:, rows - size], columns, axis=-1)
        candidates = candidates + ops.take(best, rests, axis=-1)
        choices.append(ops.argmin(candidates, axis=-1))
        best = ops.min(candidates, axis=-1)
    subset, order = ops.zeros_like(choices[-1]), []
    for size in range(rows, 0, -1):
        columns, rests = _subsets(rows, size)
        chosen = ops.take_along_axis(choices[size - 1], subset, axis=-1)
        place = ops.cast(subset * size + chosen, "int32")
        order.append(ops.take(columns.reshape(-1), place, axis=0))
        subset = ops.cast(ops.take(rests.reshape(-1), place, axis=0), chosen.dtype)
    return ops.concatenate(order, axis=-1)


@functools.cache
def _subsets(rows: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Lists the subsets of `size` columns, in lexicographic order.

    Returns:
        The columns of each `(subsets, size)`, and for each of them the index of
        the rest among the subsets of `size - 1` columns.
    """
    subsets = list(itertools.combinations(range(rows), size))
    smaller = itertools.combinations(range(rows), size - 1)
    index = {subset: number for number, subset in enumerate(smaller)}
    rests = [[index[s[:i] + s[i + 1 :]] for i in range(size)] for s in subsets]
    return np.array(subsets, "int32"), np.array(rests, "int32")


def _count_rows(shape: tuple[int | None, ...]) -> int:
    """Returns the number of rows, or raises ValueError."""
    if len(shape) != 3 or shape[1] != shape[2] or not shape[1]:
        raise ValueError(
            "Costs must have the shape (batch, n, n) with a known n. "
            f"Received: shape={shape}."
        )
    if shape[1] > MAX_ROWS:
        raise ValueError(
            f"At most {MAX_ROWS} rows can be assigned exactly. Received: "
            f"shape={shape}. Assign fewer at a time."
        )
    return shape[1]
