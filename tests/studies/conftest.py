"""What tests of studies share with those of the zoo."""

from tests.zoo.conftest import (  # noqa: F401
    make_band_separator,
    make_corpus,
    run_command,
)
