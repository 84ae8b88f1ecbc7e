"""The embedded reference server, written by hand from the document; it knows neither the checking side nor spec/."""
