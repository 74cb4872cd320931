"""Models that papers publish: what they are, what they scored, what trains them."""

from typing import NotRequired, TypedDict


class Scores(TypedDict):
    """Scores that have been published of a model, in dB.

    Attributes:
        data: Test set.
        source: Paper and table that has the scores.
        sdr: SDR of BSS Eval, absolute.
        sdr_improvement: Its improvement over the mixture.
        si_sdr_improvement: Of the scale-invariant SDR.
    """

    data: str
    source: str
    sdr: NotRequired[float]
    sdr_improvement: NotRequired[float]
    si_sdr_improvement: NotRequired[float]


class Preset(TypedDict):
    """Description of a model.

    Attributes:
        description: What it is. The folder of one with weights has scores and a model
            card.
        sample_rate: In Hz.
        num_speakers: Number of estimates per mixture.
        config: File and variant of `configs/` that train it; `None` for oracle masks.
        changes: Flags that the file needs besides, by their path.
        oracle_mask: Key of `zoo.models.oracle_masks.ORACLE_MASKS`, for oracle masks.
        paper: Where the model comes from, if not from the paper of its network:
            `title` and `link`.
        published: Scores of the paper, or `None`.
    """

    description: str
    sample_rate: int
    num_speakers: int
    config: tuple[str, str] | None
    changes: NotRequired[dict[str, object]]
    oracle_mask: NotRequired[str]
    paper: NotRequired[dict[str, str]]
    published: Scores | None


def _table_1(sdr: float) -> Scores:
    """Returns a score of the paper of the deep complex extractors."""
    return {
        "data": "wsj0-2mix",
        "source": "Deep Complex Extractors, 2019, Table 1",
        "sdr": sdr,
    }


def _table_iv(
    si_sdr_improvement: float, sdr_improvement: float | None = None
) -> Scores:
    """Returns scores that the paper of Conv-TasNet compares itself with."""
    scores: Scores = {
        "data": "wsj0-2mix",
        "source": "Luo & Mesgarani, 2019, Table IV",
        "si_sdr_improvement": si_sdr_improvement,
    }
    if sdr_improvement is not None:
        scores["sdr_improvement"] = sdr_improvement
    return scores


def _of_wsj0_2mix(
    description: str, config: tuple[str, str] | None, published: Scores | None
) -> Preset:
    return {
        "description": description,
        "sample_rate": 8000,
        "num_speakers": 2,
        "config": config,
        "published": published,
    }


# None of these has trained weights here.
PUBLISHED: dict[str, Preset] = {
    "complex_unet_wsj0_2mix": _of_wsj0_2mix(
        "The deep complex extractor with the best score of its paper.",
        ("table1.py", "complex_44_t10_csim_d0.1"),
        _table_1(11.34),
    ),
    "complex_unet_plain_wsj0_2mix": _of_wsj0_2mix(
        "A complex U-Net without extractor, the smallest of its paper.",
        ("table1.py", "complex_32_k1"),
        _table_1(9.61),
    ),
    "real_unet_wsj0_2mix": _of_wsj0_2mix(
        "The real-valued baseline of the deep complex extractor.",
        ("table1.py", "real_64_k2"),
        _table_1(7.92),
    ),
    "deep_clustering_wsj0_2mix": _of_wsj0_2mix(
        "Binary masks by clusters of embeddings.", ("deep_clustering.py", ""), None
    ),
    "chimera_wsj0_2mix": _of_wsj0_2mix(
        "Chimera++: masks, with embeddings as a guide.",
        ("chimera.py", ""),
        _table_iv(11.5, 12.0),
    ),
    "wa_misi_wsj0_2mix": {
        **_of_wsj0_2mix(
            "Chimera++, trained through 5 iterations of MISI.",
            ("chimera.py", "wa_misi"),
            _table_iv(12.6, 13.1),
        ),
        "paper": {
            "title": "Wang et al., 2018b",
            "link": "https://arxiv.org/abs/1804.10204",
        },
    },
    "deep_attractor_wsj0_2mix": _of_wsj0_2mix(
        "DANet: masks by the nearness of embeddings to attractors.",
        ("deep_attractor.py", ""),
        _table_iv(10.5),
    ),
    "anchored_deep_attractor_wsj0_2mix": _of_wsj0_2mix(
        "ADANet: attractors that start from trained anchors.",
        ("anchored_deep_attractor.py", ""),
        _table_iv(10.4, 10.8),
    ),
    "tasnet_wsj0_2mix": _of_wsj0_2mix(
        "BLSTM-TasNet: masks of a learned filterbank by LSTM layers.",
        ("tasnet.py", ""),
        _table_iv(13.2, 13.6),
    ),
    "tasnet_causal_wsj0_2mix": _of_wsj0_2mix(
        "LSTM-TasNet: the same, causal.", ("tasnet.py", "causal"), _table_iv(10.8, 11.2)
    ),
    "conv_tasnet_wsj0_2mix": _of_wsj0_2mix(
        "Conv-TasNet with global layer normalization.",
        ("conv_tasnet.py", ""),
        _table_iv(15.3, 15.6),
    ),
    "conv_tasnet_causal_wsj0_2mix": {
        **_of_wsj0_2mix(
            "Conv-TasNet with cumulative layer normalization, causal.",
            ("conv_tasnet.py", ""),
            _table_iv(10.6, 11.0),
        ),
        "changes": {"model.causal": True, "model.normalization": "cumulative"},
    },
    **{
        f"{mask}_oracle_wsj0_2mix": {
            **_of_wsj0_2mix(f"{masks}, which need the sources.", None, scores),
            "oracle_mask": mask,
        }
        for mask, masks, scores in (
            ("ibm", "Ideal binary masks", _table_iv(13.0, 13.5)),
            ("irm", "Ideal ratio masks", _table_iv(12.2, 12.6)),
            ("wfm", "Wiener-like masks", _table_iv(13.4, 13.8)),
        )
    },
}
