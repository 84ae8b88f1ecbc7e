"""Exchange records, HTTP client, pacing, redaction and recordings: sends and records, never judges."""
