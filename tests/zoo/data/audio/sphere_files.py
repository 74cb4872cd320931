"""SPHERE files, compressed ones too, and small trees of them laid out as WSJ0."""

import numpy as np
import soundfile

from tests.zoo.conftest import babble

_HEADER = """NIST_1A
   1024
database_id -s5 wsj0_
channel_count -i 1
sample_count -i {count}
sample_rate -i {rate}
sample_n_bytes -i 2
sample_byte_format -s2 01
sample_sig_bits -i 16
sample_coding -s26 pcm,embedded-shorten-v2.00
end_head
"""


def shorten(samples, block=256):
    """Compresses 16-bit samples as shorten 2 does with first differences.

    Robinson, 1994, SHORTEN: Simple lossless and near-lossless waveform compression,
    CUED/F-INFENG/TR.156.
    """
    bits = []

    def unsigned(value, size):
        low = [value >> k & 1 for k in reversed(range(size))]
        bits.extend([0] * (value >> size) + [1] + low)

    # Type (signed 16-bit, little-endian), channels, block, and no LPC, mean or skip.
    for value in (5, 1, block, 0, 0, 0):
        unsigned(value.bit_length(), 2)
        unsigned(value, value.bit_length())
    before, current = 0, block
    for start in range(0, len(samples), block):
        chunk = [int(sample) for sample in samples[start : start + block]]
        if len(chunk) != current:
            current = len(chunk)
            unsigned(5, 2)
            unsigned(current.bit_length(), 2)
            unsigned(current, current.bit_length())
        differences = np.diff([before, *chunk])
        before = chunk[-1]
        size = int(np.abs(differences).mean() + 1).bit_length()
        unsigned(1, 2)
        unsigned(size, 3)
        for difference in differences.tolist():
            folded = 2 * difference if difference >= 0 else -2 * difference - 1
            unsigned(folded, size + 1)
    unsigned(4, 2)
    bits.extend([0] * (-len(bits) % 32))
    return b"ajkg\x02" + np.packbits(bits).tobytes()


def write_sphere(path, waveform, rate=16000, endian="LITTLE", compressed=False):
    """Writes a SPHERE file of 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.rint(np.asarray(waveform) * 32767).astype("int16")
    if compressed:
        header = _HEADER.format(count=len(samples), rate=rate).encode()
        path.write_bytes(header.ljust(1024) + shorten(samples))
        return
    soundfile.write(path, samples, rate, format="NIST", subtype="PCM_16", endian=endian)


def write_wsj0(root, count=5, compressed=False):
    """Writes four speakers for training and three for test, on discs of their own.

    As on the real discs, some have names in upper case. The waveforms are noise in
    syllables, 0.5 to 0.9 s long.
    """
    generator = np.random.default_rng(0)
    for folder, speaker in (
        ("11-1.1/wsj0/si_tr_s", "011"),
        ("11-1.1/wsj0/si_tr_s", "01a"),
        ("11-2.1/WSJ0/SI_TR_S", "209"),
        ("11-2.1/WSJ0/SI_TR_S", "20b"),
        ("11-6.1/wsj0/si_dt_05", "050"),
        ("11-14.1/wsj0/si_et_05", "440"),
        ("11-14.1/WSJ0/SI_ET_05", "441"),
    ):
        for k in range(count):
            name = f"{speaker}/{speaker}c02{k:02d}.wv1"
            upper = "WSJ0" in folder
            write_sphere(
                root / folder / (name.upper() if upper else name),
                babble(generator.uniform(0.5, 0.9), 16000, generator),
                endian="BIG" if upper else "LITTLE",
                compressed=compressed,
            )
    # What else is on the discs.
    other = root / "11-1.1/wsj0/transcrp/dots/si_tr_s/011/011c0200.dot"
    other.parent.mkdir(parents=True)
    other.write_text("a transcript")
    write_sphere(root / "11-1.1/wsj0/sd_tr_s/001/001c0200.wv1", np.ones(100) / 2)
    write_sphere(root / "11-1.1/wsj0/si_tr_s/011/011c0200.wv2", np.ones(100) / 2)
    return root
