"""``python -m portal``."""

from portal.commands.cli import main

main()
