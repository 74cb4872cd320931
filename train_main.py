"""Trains a network: `python train_main.py --config=configs/X.py --workdir=DIR`."""

from collections.abc import Sequence

from absl import app, flags
from ml_collections import config_flags

from zoo import command


def define_flags() -> None:
    """Defines the flags of the command."""
    config_flags.DEFINE_config_file(
        "config", None, "File in configs/, with :variant if it has one."
    )
    flags.DEFINE_string(
        "workdir",
        None,
        "Directory of the run. One that was stopped goes on.",
        required=True,
    )
    flags.mark_flag_as_required("config")


def main(argv: Sequence[str]) -> None:
    """Runs the command."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    # Late, so that a wrong flag is told at once.
    from zoo.inference import graph_passes
    from zoo.training import train

    arguments = flags.FLAGS
    graph_passes.choose(arguments.config.model.name)
    row = train(arguments.config, arguments.workdir)
    print(
        f"Epoch {row['epoch']}: SI-SDR {row['si_sdr']:.2f} dB, "
        f"improvement {row['si_sdr_improvement']:.2f} dB. "
        f"The best model is {arguments.workdir}/best.keras."
    )


if __name__ == "__main__":
    command.run(main, define_flags)
