"""The pytest plugin: options, one run for a session, items that show its judgements; thin on purpose."""
