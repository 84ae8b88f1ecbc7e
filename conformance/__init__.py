"""Conformance and contract test suite for the Flashduty standard alert-event push protocol.

Importing this package loads nothing else, so that the pytest entry point stays light.
"""

__version__ = "0.1.0"
