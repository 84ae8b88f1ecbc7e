"""The console command ``conformance``: serve, lint, compare, verify and the rest; each command in a module of its own.

Importing this package loads click alone; a command loads what it needs when it runs.
"""

from conformance.cli.group import main

__all__ = ["main"]
