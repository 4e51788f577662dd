# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection and install it below .build/collections, unless that was done since the last change."""

from __future__ import annotations

import shutil
import subprocess

from tests.tools import tree


def main() -> None:
    installed = tree.BUILD / "collections"
    marker = installed / "digest"
    digest = tree.digest()
    if marker.exists() and marker.read_text() == digest:
        return
    source = tree.BUILD / "artefact" / "source"
    shutil.rmtree(source.parent, ignore_errors=True)
    shutil.rmtree(installed, ignore_errors=True)
    tree.copy(source)
    subprocess.run(
        ["ansible-galaxy", "collection", "build", "--output-path", source.parent, source],
        check=True,
    )
    (artefact,) = source.parent.glob("honeyops-access-*.tar.gz")
    subprocess.run(
        ["ansible-galaxy", "collection", "install", "--collections-path", installed, artefact],
        check=True,
    )
    marker.write_text(digest)


if __name__ == "__main__":
    main()
