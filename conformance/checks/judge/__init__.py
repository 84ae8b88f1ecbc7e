"""Judges: pure functions from recorded exchanges, the contract and the oracle to judgements; nothing here sends."""
