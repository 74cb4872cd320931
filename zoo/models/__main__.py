"""Prints a table of all models: `python -m zoo.models`."""

import runpy

if __name__ == "__main__":
    # Networks know nothing of presets and commands, so that this package needs Keras
    # alone; the command is a module of the zoo and only started from here.
    runpy.run_module("zoo.presets.model_table", run_name="__main__")
