"""Tests of how a command ends."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

# The module by itself: `import zoo` takes seconds and loads TensorFlow.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "zoo")}
PROGRAM = """
import command
from absl import app, flags

def define_flags():
    flags.DEFINE_integer("count", 1, "How many.")
    flags.DEFINE_string("input", None, "What.", required={required})

def main(argv):
    {body}

if __name__ == "__main__":
    command.run(main, define_flags)
"""


def _run(tmp_path, body, *arguments, required=False):
    program = tmp_path / "program.py"
    program.write_text(
        PROGRAM.format(body=textwrap.indent(body, "    ").strip(), required=required)
    )
    return _execute(program, *arguments)


def _execute(*arguments):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "body, line",
    [
        ('raise ValueError("first\\n  second")', "error: first second"),
        ('open("missing.wav")', "error: missing.wav: No such file or directory."),
        (
            'import io, soundfile; soundfile.read(io.BytesIO(b"no audio at all"))',
            "error: Error opening",
        ),
        ('raise ImportError("needs `x`")', "error: needs `x`"),
    ],
)
def test_error_in_main_ends_in_one_line_and_status_1(tmp_path, body, line):
    result = _run(tmp_path, body)
    assert result.returncode == 1
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments, line",
    [
        (["--cuont=2"], "error: Unknown command line flag 'cuont'"),
        (["--count=two"], "error: flag --count=two"),
    ],
)
def test_wrong_flag_ends_in_one_line_and_status_2(tmp_path, arguments, line):
    result = _run(tmp_path, "pass", *arguments)
    assert result.returncode == 2
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_missing_required_flag_ends_with_status_2(tmp_path):
    result = _run(tmp_path, "pass", required=True)
    assert result.returncode == 2
    assert "--input must have a value other than None" in result.stderr
    assert "Traceback" not in result.stderr


def test_usage_error_ends_with_status_2(tmp_path):
    result = _run(tmp_path, 'raise app.UsageError("No files given.")')
    assert (result.returncode, result.stderr) == (2, "error: No files given.\n")


def test_unknown_config_field_ends_in_one_line(tmp_path):
    config = tmp_path / "config.py"
    config.write_text(
        "import ml_collections\n"
        "def get_config():\n"
        "    return ml_collections.ConfigDict({'width': 4})\n"
    )
    program = tmp_path / "program.py"
    program.write_text(
        "import command\n"
        "from ml_collections import config_flags\n"
        "command.run(\n"
        "    lambda argv: 0, lambda: config_flags.DEFINE_config_file('config')\n"
        ")\n"
    )
    result = _execute(program, f"--config={config}", "--config.wdith=8")
    assert result.returncode == 2
    assert result.stderr.startswith("error: ") and "wdith" in result.stderr
    assert result.stderr.count("\n") == 1


def test_success_ends_with_the_status_of_main(tmp_path):
    assert _run(tmp_path, "print(flags.FLAGS.count)", "--count=3").stdout == "3\n"
    assert _run(tmp_path, "return 7").returncode == 7


def test_interruption_ends_with_status_130(tmp_path):
    result = _run(tmp_path, "raise KeyboardInterrupt")
    assert (result.returncode, result.stderr) == (130, "error: interrupted.\n")


def test_bug_keeps_its_traceback(tmp_path):
    result = _run(tmp_path, "None.missing")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_traceback_is_shown_on_demand(tmp_path):
    result = _run(tmp_path, 'raise ValueError("wrong")', "--verbosity=1")
    assert "Traceback" in result.stderr
    assert result.stderr.endswith("error: wrong\n")


def test_help_is_shown(tmp_path):
    result = _run(tmp_path, "pass", "--help")
    assert "--count" in result.stdout
