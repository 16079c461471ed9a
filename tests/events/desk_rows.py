"""Small documents of our own and a workspace with two acts, for the tests of the register."""

from __future__ import annotations

import shutil
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "data" / "raw" / "events"

BAN = """Asian Metals Daily
2026-01-06 14:00 +0900
China bans dual-use exports to Japan
China's commerce ministry on Tuesday announced a ban on exports of dual-use items to Japan, announcement \
No. 1 of 2026.
"""
OPINION = """A Blog
2026-01-08
Opinion: the ban is wrong
Opinion. China's commerce ministry on Jan 6 announced a ban on exports of dual-use items to Japan.
"""
WIRE = """{publisher}
2026-02-03
China to require licences for tungsten
BEIJING, Feb 3 (Reuters) - China will require export licences for tungsten from March 1, 2026, the \
ministry said on Tuesday.
"""
OTHER_DAY = """Third Paper
2026-02-04
Licences for tungsten
China will require export licences for tungsten from March 3, 2026, officials said on Wednesday.
"""


def workspace(folder: Path, *acts: str) -> Path:
    """Return the data folder of a workspace with some of the shipped acts."""
    root = folder / "data"
    (root / "raw" / "events").mkdir(parents=True)
    for act in acts or ("CN-MOFCOM-2026-001", "CN-MOFCOM-2025-10-09", "CN-MOFCOM-2025-070"):
        shutil.copy(SHIPPED / f"{act}.toml", root / "raw" / "events")
    return root


def write(folder: Path, **texts: str) -> list[Path]:
    """Write documents and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.txt")
        paths[-1].write_text(text, encoding="utf-8")
    return paths
