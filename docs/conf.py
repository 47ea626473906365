"""Sphinx settings: Markdown by MyST, built strictly and with no network."""

from lodestone import __version__

project = "Lodestone"
author = "The Lodestone developers"
copyright = "the Lodestone developers, Apache-2.0"
release = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"Lodestone {release}"
html_show_sphinx = False
