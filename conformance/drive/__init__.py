"""Budget, rounds, journal, clean-up and preflight: decides what is sent when, records it all, and never judges."""
