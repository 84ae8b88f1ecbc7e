"""Writes the sample comparison: quick runs against the plain server, every variant, and a faulty one, side by side."""
# ruff: noqa: INP001 - a file beside the documentation, not a package

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from conformance.reference.variants import all_variants

ROOT = Path(__file__).resolve().parent.parent
PAGE, TEXT = ROOT / "reports" / "sample" / "comparison.html", ROOT / "docs" / "comparison.txt"
FAULT = "title-cut-at-511"


def main() -> int:
    """Run, compare, write; the exit code is that of the comparison: 1, for the faulty server is a regression."""
    runs = [("plain", []), *((name, ["--variant", name]) for name in sorted(all_variants()))]
    runs.append((FAULT, ["--fault", FAULT]))
    with tempfile.TemporaryDirectory() as folder:
        for name, options in runs:
            command = [sys.executable, "-m", "pytest", "-q", "--budget", "quick", "--report-dir", f"{folder}/{name}"]
            subprocess.run([*command, *options], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
        names = [name for name, _ in runs]
        compare = [str(Path(sys.executable).with_name("conformance")), "compare", *names, "--html", str(PAGE)]
        done = subprocess.run(compare, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    lines = done.stdout.splitlines()
    TEXT.write_text("\n".join(line.rstrip() for line in lines if not line.startswith("page:")) + "\n", encoding="utf-8")
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
