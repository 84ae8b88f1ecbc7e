"""Event values, scenarios, strategies and the oracle: pure values and functions, no I/O, no pytest, no clock."""
