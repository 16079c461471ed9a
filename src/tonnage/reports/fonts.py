"""The one family every output is set in, found among the installed packages.

Noto Sans CJK draws Latin, Chinese and Japanese in one weight, and its TC build carries the mainland and the
Japanese forms of the shared characters, chosen by the language of the text. Nothing is taken from the
system: the same report looks the same everywhere.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tonnage.errors import TonnageError

__all__ = ["FAMILY", "font_dirs", "font_files", "register_matplotlib"]

FAMILY = "Noto Sans CJK TC"

_PACKAGES = {
    "cvttf_NotoSansCJK_Regular": "cvttf-notosanscjk-regular",
    "cvttf_NotoSansCJK_Bold": "cvttf-notosanscjk-bold",
}


def font_dirs() -> list[Path]:
    """Return the folders that hold the regular and the bold font.

    Raises:
        TonnageError: when a font package is not installed; the message names what to install.
    """
    return [_folder(module, package) for module, package in _PACKAGES.items()]


def font_files() -> list[Path]:
    """Return the font files, regular first."""
    return [path for folder in font_dirs() for path in sorted(folder.glob("*.otf"))]


def register_matplotlib() -> None:
    """Make `FAMILY` known to matplotlib; a second call changes nothing."""
    from matplotlib import font_manager

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in font_files():
        if str(path) not in known:
            font_manager.fontManager.addfont(path)


def _folder(module: str, package: str) -> Path:
    # The specification is read and the package never run: it is only the place where the file lies.
    spec = find_spec(module)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not any(folder.glob("*.otf")):
        raise TonnageError(
            f"font: expected package {package}, found none; install it with: pip install {package}"
        )
    return folder
