"""What tests ask of `python -m zoo.mix`, and read of what it made."""

import csv


def flags_of(options):
    return [f"--{flag}={value}" for flag, value in options.items() if value is not None]


def contents(folder):
    """Bytes of all files but the notes of what was asked for."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "request.json"
    }


def write_list(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows))


def rows_of(folder):
    with open(folder / "mixtures.csv", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}
