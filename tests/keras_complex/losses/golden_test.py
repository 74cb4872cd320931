"""All numbers measured from the public code of the paper.

There, padded frames are cleared but count in means, the values are sums over the
speakers, ours means, and L2 in time adds the mean squares of the real and the
imaginary differences, where `L2Loss` averages them: hence the factors 2.
"""

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    CSimLoss,
    L2Loss,
    PermutationInvariant,
    WeightedSum,
)
from keras_complex.ops import multiply
from zoo.models.published_losses import PublishedTimeDomainLoss, published_inverse

SPEAKERS = 2
L2_TIME = PublishedTimeDomainLoss(L2Loss())
COSINE_TIME = PublishedTimeDomainLoss(CosineLoss(), real_part=True)
LOSSES = {
    "l2freq": L2Loss(),
    "istftl2": WeightedSum([L2_TIME], [2.0]),
    "istftcos": COSINE_TIME,
    "istftl2_plus_l2freq": WeightedSum([L2_TIME, L2Loss()], [2.0, 1.0]),
    "istftcos_plus_csim1e4": WeightedSum([COSINE_TIME, CSimLoss()]),
    "csim_0": CSimLoss(imag_weight=0.0),
    "csim_1": CSimLoss(imag_weight=1.0),
    "csim_100": CSimLoss(imag_weight=1e2),
    "csim_1000": CSimLoss(imag_weight=1e3),
    "csim_10000": CSimLoss(),
    "csim_1000000": CSimLoss(imag_weight=1e6),
    "csim_r2.5_i50": CSimLoss(real_weight=2.5, imag_weight=50.0),
}


def to_spectrogram(x):
    """Converts `(..., 258, frames)` to `(..., frames, 129, 2)`."""
    x = np.moveaxis(x, -1, -2)
    return np.stack([x[..., :129], x[..., 129:]], axis=-1)


def to_fixture(x):
    """Inverts `to_spectrogram`."""
    return np.moveaxis(np.concatenate([x[..., 0], x[..., 1]], axis=-1), -1, -2)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def pit(loss):
    return PermutationInvariant(WeightedSum([loss], [SPEAKERS]), "batch")


@pytest.fixture
def case(golden):
    numbers, arrays = golden("losses")
    references = to_spectrogram(arrays["in.target"])
    estimates = np.stack([arrays["in.pred1"], arrays["in.pred2"]], axis=1)
    return {
        "results": numbers["results"],
        "arrays": arrays,
        "references": references,
        "estimates": to_spectrogram(estimates),
        "mask": arrays["in.mask"][:, None, :, None, None],
    }


def batch_value(loss, reference, estimate):
    """Value of the whole batch as one example."""
    return float(to_numpy(loss.call(reference[None], estimate[None]))[0])


@pytest.mark.parametrize("name", LOSSES)
def test_matches_the_public_code_on_one_speaker(case, name):
    expected = case["results"][name]["float64"]
    loss, mask = LOSSES[name], case["mask"][:, 0]
    reference, estimate = case["references"][:, 0], case["estimates"][:, 0]
    values = {
        "pair": batch_value(loss, reference * mask, estimate * mask),
        "pair_nomask": batch_value(loss, reference, estimate),
        "zero_pred": batch_value(loss, reference, 0 * estimate),
        "tiny": batch_value(loss, 1e-2 * reference, 1e-6 * estimate),
        "self": batch_value(loss, reference, reference),
    }
    for key, value in values.items():
        assert value == pytest.approx(expected[key], rel=3e-6, abs=1e-6), key


@pytest.mark.parametrize("name", LOSSES)
def test_matches_the_public_code_on_two_speakers(case, name):
    expected = case["results"][name]["float64"]
    mask, references = case["mask"], case["references"]
    source = to_spectrogram(case["arrays"]["in.source"])
    masks = [to_spectrogram(case["arrays"][f"in.mask{i}"]) for i in (1, 2)]
    products = np.stack([to_numpy(multiply(m, source)) for m in masks], axis=1)
    for key, estimates in (("pit", case["estimates"]), ("pit_masks", products)):
        values = to_numpy(pit(LOSSES[name]).call(references * mask, estimates * mask))
        np.testing.assert_allclose(values, [expected[key]] * 2, rtol=3e-6, atol=1e-6)
        swapped = references[:, ::-1]
        per_permutation = [
            sum(
                batch_value(LOSSES[name], (r * mask)[:, s], (estimates * mask)[:, s])
                for s in range(SPEAKERS)
            )
            for r in (references, swapped)
        ]
        np.testing.assert_allclose(
            per_permutation, expected[f"{key}_per_permutation"], rtol=3e-6, atol=1e-6
        )


@pytest.mark.parametrize("name", LOSSES)
def test_matches_the_gradient_of_the_public_code(case, evaluate, name):
    mask = case["mask"]
    _, gradient = evaluate(
        pit(LOSSES[name]), case["references"] * mask, case["estimates"] * mask
    )
    # Padded frames are cleared before; the value is repeated for two examples.
    gradient = gradient * mask / 2
    np.testing.assert_allclose(
        [np.linalg.norm(gradient[:, speaker]) for speaker in range(SPEAKERS)],
        case["results"][name]["grad_norms_float64"],
        rtol=1e-5,
    )
    for speaker in range(SPEAKERS):
        expected = case["arrays"].get(f"g.{name}.pred{speaker + 1}")
        if expected is not None:
            np.testing.assert_allclose(
                to_fixture(gradient[:, speaker]),
                expected,
                atol=1e-5 * np.abs(expected).max(),
            )


def test_a_mask_channel_equals_cleared_frames(case):
    frame_mask = np.broadcast_to(case["mask"], (*case["references"].shape[:-1], 1))
    references = np.concatenate([case["references"], frame_mask], axis=-1)
    expected = case["results"]["csim_10000"]["float64"]["pit"]
    value = pit(CSimLoss()).call(references, case["estimates"])
    assert to_numpy(value)[0] == pytest.approx(expected, rel=3e-6)
    # The published mean counts the padded frames, ours the valid ones.
    expected = case["results"]["l2freq"]["float64"]["pit"]
    value = pit(L2Loss()).call(references, case["estimates"])
    share = case["mask"].mean()
    assert to_numpy(value)[0] * share == pytest.approx(expected, rel=3e-6)


def test_published_inverse_matches_the_public_code(case):
    estimate = case["estimates"][:, 0] * case["mask"][:, 0]
    signal = to_numpy(published_inverse(estimate))
    for part, name in enumerate(["real", "imag"]):
        expected = case["arrays"][f"istft_time_{name}_of_pred1"][:, 0]
        np.testing.assert_allclose(
            signal[..., part], expected, atol=1e-6 * np.abs(expected).max()
        )
