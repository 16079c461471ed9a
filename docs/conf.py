"""Sphinx settings of the book."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
# jsonschema compiles a grammar of addresses when this is there, which nothing here needs: 3 s of every build.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

project = "tonnage"
author = "The tonnage developers"
copyright = "The tonnage developers, Apache-2.0"
release = importlib.metadata.version("tonnage")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generated"]
exclude_patterns = ["_build", "jupyter_execute"]

html_theme = "furo"
html_title = f"tonnage {release}"
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
# A block is also there as HTML; what only a report reads is passed over.
suppress_warnings = ["mystnb.unknown_mime_type"]
# Widgets would load their scripts from another host; the book has none.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
