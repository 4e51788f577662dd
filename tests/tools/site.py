# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let the documentation site be built without a network: the labels of Ansible's documentation that it links to are here."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

ANSIBLE = "https://docs.ansible.com/projects/ansible/latest/"
MODULES, LOOKUPS = "collections/ansible/builtin/{}_module.html", "collections/ansible/builtin/{}_lookup.html"
LABELS = {
    "action_plugins": ("plugins/action.html", "Action plugins"),
    "ansible_configuration_settings": ("reference_appendices/config.html", "Ansible configuration settings"),
    "common_return_values": ("reference_appendices/common_return_values.html", "Return values"),
    "ansible_collections.ansible.builtin.file_lookup": (LOOKUPS.format("file"), "ansible.builtin.file"),
    "ansible_collections.ansible.builtin.set_stats_module": (MODULES.format("set_stats"), "ansible.builtin.set_stats"),
    "ansible_collections.ansible.builtin.uri_module": (MODULES.format("uri"), "ansible.builtin.uri"),
}
HEAD = """\
# Sphinx inventory version 2
# Project: ansible
# Version:
# The remainder of this file is compressed using zlib.
"""


def main(site: Path) -> None:
    lines = [f"{label} std:label -1 {page} {title}\n" for label, (page, title) in LABELS.items()]
    (site / "ansible.inv").write_bytes(HEAD.encode() + zlib.compress("".join(lines).encode()))
    with (site / "conf.py").open("a") as conf:
        conf.write(f'\nintersphinx_mapping = {{"ansible": ("{ANSIBLE}", "../ansible.inv")}}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
