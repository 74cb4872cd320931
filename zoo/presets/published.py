"""Models that papers publish: what they are, what they scored, what trains them."""

from typing import NotRequired, TypedDict


class Paper(TypedDict):
    """What a model is known from.

    Attributes:
        title: Authors and year, or the title.
        link: To its text.
    """

    title: str
    link: str


class Scores(TypedDict):
    """What has been published of a model; scores are in dB.

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
    """What a preset is.

    Attributes:
        description: What it is. The folder of one with weights has scores and a model
            card.
        sample_rate: In Hz.
        num_speakers: Number of estimates per mixture.
        paper: Where the model comes from.
        config: File and variant of `configs/` that train it; `None` for oracle masks.
        changes: Flags that the file needs besides, by their path.
        oracle_mask: Key of `zoo.models.oracle_masks.ORACLE_MASKS`, for oracle masks.
        published: Scores of the paper, or `None`.
        weights: Whether trained weights ship with the zoo.
    """

    description: str
    sample_rate: int
    num_speakers: int
    paper: Paper
    config: tuple[str, str] | None
    changes: NotRequired[dict[str, object]]
    oracle_mask: NotRequired[str]
    published: Scores | None
    weights: bool


DEEP_COMPLEX_EXTRACTORS: Paper = {
    "title": "Deep Complex Extractors, 2019",
    "link": "https://github.com/FourierSignalRetrievalICLR2020/FourierExtraction",
}
_CONV_TASNET: Paper = {
    "title": "Luo & Mesgarani, 2019",
    "link": "https://arxiv.org/abs/1809.07454",
}
_TASNET: Paper = {
    "title": "Luo & Mesgarani, 2018",
    "link": "https://arxiv.org/abs/1711.00541",
}


def _table_1(sdr: float) -> Scores:
    """Returns a score of the paper of the deep complex extractors."""
    return {
        "data": "wsj0-2mix",
        "source": "Deep Complex Extractors, 2019, Table 1",
        "sdr": sdr,
    }


def _table_iv(si_sdr_improvement: float, sdr_improvement: float) -> Scores:
    """Returns scores that the paper of Conv-TasNet compares itself with."""
    return {
        "data": "wsj0-2mix",
        "source": "Luo & Mesgarani, 2019, Table IV",
        "sdr_improvement": sdr_improvement,
        "si_sdr_improvement": si_sdr_improvement,
    }


# None of these has trained weights here.
PUBLISHED: dict[str, Preset] = {
    "complex_unet_wsj0_2mix": {
        "description": "The deep complex extractor with the best score of its paper.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": DEEP_COMPLEX_EXTRACTORS,
        "config": ("table1.py", "complex_44_t10_csim_d0.1"),
        "published": _table_1(11.34),
        "weights": False,
    },
    "complex_unet_plain_wsj0_2mix": {
        "description": "A complex U-Net without extractor, the smallest of its paper.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": DEEP_COMPLEX_EXTRACTORS,
        "config": ("table1.py", "complex_32_k1"),
        "published": _table_1(9.61),
        "weights": False,
    },
    "real_unet_wsj0_2mix": {
        "description": "The real-valued baseline of the deep complex extractor.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": DEEP_COMPLEX_EXTRACTORS,
        "config": ("table1.py", "real_64_k2"),
        "published": _table_1(7.92),
        "weights": False,
    },
    "deep_clustering_wsj0_2mix": {
        "description": "Binary masks by clusters of embeddings.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": {
            "title": "Hershey et al., 2016",
            "link": "https://arxiv.org/abs/1508.04306",
        },
        "config": ("deep_clustering.py", ""),
        "published": None,
        "weights": False,
    },
    "chimera_wsj0_2mix": {
        "description": "Chimera++: masks, with embeddings as a guide.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": {
            "title": "Wang et al., 2018a",
            "link": "https://doi.org/10.1109/ICASSP.2018.8462507",
        },
        "config": ("chimera.py", ""),
        "published": _table_iv(11.5, 12.0),
        "weights": False,
    },
    "wa_misi_wsj0_2mix": {
        "description": "Chimera++, trained through 5 iterations of MISI.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": {
            "title": "Wang et al., 2018b",
            "link": "https://arxiv.org/abs/1804.10204",
        },
        "config": ("chimera.py", "wa_misi"),
        "published": _table_iv(12.6, 13.1),
        "weights": False,
    },
    "deep_attractor_wsj0_2mix": {
        "description": "DANet: masks by the nearness of embeddings to attractors.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": {
            "title": "Chen et al., 2017",
            "link": "https://arxiv.org/abs/1611.08930",
        },
        "config": ("deep_attractor.py", ""),
        "published": {
            "data": "wsj0-2mix",
            "source": "Luo & Mesgarani, 2019, Table IV",
            "si_sdr_improvement": 10.5,
        },
        "weights": False,
    },
    "anchored_deep_attractor_wsj0_2mix": {
        "description": "ADANet: attractors that start from trained anchors.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": {
            "title": "Luo et al., 2018",
            "link": "https://arxiv.org/abs/1707.03634",
        },
        "config": ("anchored_deep_attractor.py", ""),
        "published": _table_iv(10.4, 10.8),
        "weights": False,
    },
    "tasnet_wsj0_2mix": {
        "description": "BLSTM-TasNet: masks of a learned filterbank by LSTM layers.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": _TASNET,
        "config": ("tasnet.py", ""),
        "published": _table_iv(13.2, 13.6),
        "weights": False,
    },
    "tasnet_causal_wsj0_2mix": {
        "description": "LSTM-TasNet: the same, causal.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": _TASNET,
        "config": ("tasnet.py", "causal"),
        "published": _table_iv(10.8, 11.2),
        "weights": False,
    },
    "conv_tasnet_wsj0_2mix": {
        "description": "Conv-TasNet with global layer normalization.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": _CONV_TASNET,
        "config": ("conv_tasnet.py", ""),
        "published": _table_iv(15.3, 15.6),
        "weights": False,
    },
    "conv_tasnet_causal_wsj0_2mix": {
        "description": "Conv-TasNet with cumulative layer normalization, causal.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": _CONV_TASNET,
        "config": ("conv_tasnet.py", ""),
        "changes": {"model.causal": True, "model.normalization": "cumulative"},
        "published": _table_iv(10.6, 11.0),
        "weights": False,
    },
    "ibm_oracle_wsj0_2mix": {
        "description": "Ideal binary masks, which need the sources.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": _CONV_TASNET,
        "config": None,
        "oracle_mask": "ibm",
        "published": _table_iv(13.0, 13.5),
        "weights": False,
    },
    "irm_oracle_wsj0_2mix": {
        "description": "Ideal ratio masks, which need the sources.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": _CONV_TASNET,
        "config": None,
        "oracle_mask": "irm",
        "published": _table_iv(12.2, 12.6),
        "weights": False,
    },
    "wfm_oracle_wsj0_2mix": {
        "description": "Wiener-like masks, which need the sources.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "paper": _CONV_TASNET,
        "config": None,
        "oracle_mask": "wfm",
        "published": _table_iv(13.4, 13.8),
        "weights": False,
    },
}
