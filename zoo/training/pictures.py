"""Pictures of spectrograms as pixels, and their PNG files."""

import struct
import zlib

import numpy as np

# Black, violet, orange, near white: dark to light in steps the eye sees as equal.
_HEAT = ((0, 0, 4), (81, 18, 124), (183, 55, 121), (252, 137, 97), (252, 253, 191))


def magnitude_picture(spectrogram: np.ndarray, range_db: float = 60.0) -> np.ndarray:
    """Draws the magnitude in dB below its maximum, low frequencies at the bottom.

    Args:
        spectrogram: `(frames, bins, 2)`, last axis `[real, imag]`.
        range_db: What lies further below the maximum is black.

    Returns:
        Pixels `(bins, frames, 3)`, uint8.
    """
    magnitude = np.hypot(spectrogram[..., 0], spectrogram[..., 1])
    level_db = 20 * np.log10(np.maximum(magnitude / (magnitude.max() + 1e-12), 1e-12))
    value = np.clip(1 + level_db / range_db, 0, 1) * (len(_HEAT) - 1)
    anchors = np.arange(len(_HEAT))
    pixels = [
        np.interp(value, anchors, channel) for channel in zip(*_HEAT, strict=True)
    ]
    return _upright(np.stack(pixels, axis=-1))


def phase_picture(spectrogram: np.ndarray, range_db: float = 60.0) -> np.ndarray:
    """Draws the phase as hue, darker where the magnitude is small.

    Args:
        spectrogram: `(frames, bins, 2)`, last axis `[real, imag]`.
        range_db: What lies further below the maximum is black.

    Returns:
        Pixels `(bins, frames, 3)`, uint8.
    """
    brightness = magnitude_picture(spectrogram, range_db)[::-1].max(axis=-1).T / 255
    phase = np.arctan2(spectrogram[..., 1], spectrogram[..., 0])
    shifts = 2 * np.pi / 3 * np.arange(3)
    hue = 0.5 + 0.5 * np.cos(phase[..., None] - shifts)
    return _upright(255 * brightness[..., None] * hue)


def encode_png(pixels: np.ndarray) -> bytes:
    """Encodes pixels `(height, width, 3)`, uint8, as a PNG file.

    Reference:

    - [Portable Network Graphics](https://www.w3.org/TR/png/), Sections 5 and 11.2
    """
    height, width, _ = pixels.shape
    # Each row begins with its filter, 0 for none.
    rows = np.pad(pixels.reshape(height, 3 * width), ((0, 0), (1, 0)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        (b"IDAT", zlib.compress(rows.tobytes())),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _upright(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels.transpose(1, 0, 2)[::-1]).astype("uint8")
