"""``python -m lodestone.cli``: the same as ``lodestone``."""

from lodestone.cli import main

main()
