"""What is said of audio files that cannot be read."""

from pathlib import Path


def reason(error: Exception) -> str:
    """Returns what libsndfile gives as a reason, without the file and the period."""
    return str(error).rstrip(".").split(": ")[-1]


def not_finite(path: str | Path) -> ValueError:
    return ValueError(
        f"All samples must be finite. Received: path={str(path)!r} with NaN or "
        "infinity. Write the file again or leave it out."
    )


def truncated(path: str | Path, found: int, expected: int, unit: str) -> ValueError:
    return ValueError(
        f"The file must be whole. Received: path={str(path)!r} with {found} of "
        f"{expected} {unit}, truncated. Copy or write it again."
    )


def not_audio(path: str | Path, error: Exception) -> ValueError:
    return ValueError(
        f"The file must be audio that libsndfile reads. Received: path={str(path)!r} "
        f"({reason(error)})."
    )


def no_samples(path: str | Path) -> ValueError:
    return ValueError(
        f"The file must hold audio. Received: path={str(path)!r}, of zero length."
    )
