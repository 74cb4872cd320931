"""Tests of programs in processes of their own."""

import pytest

from zoo.processes import NoAnswerError, answer


def test_last_line_is_the_answer():
    program = "import os; print('much'); print('{\"x\": ' + os.environ['X'] + '}')"
    assert answer(["-c", program], environment={"X": "3"}) == {"x": 3}


def test_a_program_that_failed_may_say_why():
    program = 'print(\'{"error": "as asked"}\'); exit(1)'
    assert answer(["-c", program]) == {"error": "as asked"}


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("raise KeyError('x')", "KeyError: 'x'"),
        ("import os; os.kill(os.getpid(), 9)", "died of signal 9"),
        ("print('no JSON')", "status 0"),
    ],
)
def test_other_ends_are_named(program, reason):
    with pytest.raises(NoAnswerError, match=f"^{reason}$"):
        answer(["-c", program])
