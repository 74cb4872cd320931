"""Tests of what importing the package sets up."""

import json
import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import json, os
import zoo
print(json.dumps(os.environ.get("TF_ENABLE_ONEDNN_OPTS")))
"""


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="Others have other kernels."
)
@pytest.mark.parametrize(("chosen", "expected"), [(None, "1"), ("0", "0")])
def test_onednn_is_on_unless_the_user_says_otherwise(chosen, expected):
    environment = {k: v for k, v in os.environ.items() if k != "TF_ENABLE_ONEDNN_OPTS"}
    if chosen is not None:
        environment["TF_ENABLE_ONEDNN_OPTS"] = chosen
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    assert json.loads(printed) == expected
