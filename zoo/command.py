"""How every command of the zoo starts, and how it ends on an error."""

import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import soundfile
from absl import app, flags, logging

_USER_ERRORS = (ValueError, OSError, ImportError, soundfile.SoundFileError)
# Config flags raise KeyError, TypeError or AttributeError on an unknown field.
_FLAG_ERRORS = (flags.Error, AttributeError, KeyError, TypeError, *_USER_ERRORS)


def run(
    main: Callable[[Sequence[str]], int | None],
    define_flags: Callable[[], None] | None = None,
) -> None:
    """Runs a command; a mistake of the user ends in one line, not a traceback.

    The line goes to stderr and reads `error: ...`. `--verbosity=1` shows the
    traceback as well. The exit status is that of `main` (0 for None), 1 for an
    error in `main`, 2 for a wrong flag or argument, 130 for an interruption.

    Args:
        main: Takes the arguments that are not flags, the program's name first,
            as in `absl.app.run`. It raises `absl.app.UsageError` for arguments
            that make no sense.
        define_flags: Defines the flags of the command. Flags defined at import
            clash as soon as two commands that share a name are imported in one
            process, as a test does.

    Example:
        if __name__ == "__main__":
            command.run(main, define_flags)
    """
    if define_flags is not None:
        define_flags()
    try:
        app.run(lambda argv: _guarded(main, argv), flags_parser=_parse)
    except KeyboardInterrupt:
        _end("interrupted.", status=130)


def _guarded(main: Callable[[Sequence[str]], int | None], argv: list[str]) -> int:
    try:
        return main(argv) or 0
    except app.UsageError as error:
        _end(_one_line(error), status=2)
    except _USER_ERRORS as error:
        logging.debug("The traceback:", exc_info=True)
        _end(_one_line(error), status=1)


def _parse(argv: Sequence[str]) -> list[str]:
    try:
        return flags.FLAGS(argv)
    except _FLAG_ERRORS as error:
        _end(_one_line(error), status=2)


def _one_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}."
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    return " ".join(str(text).split()) or type(error).__name__


def _end(message: str, status: int) -> NoReturn:
    print(f"error: {message}", file=sys.stderr, flush=True)
    sys.exit(status)
