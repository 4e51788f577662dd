# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible lookup: a host pattern that matches at least one host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: targets
short_description: Return a host pattern, or fail if it matches no host
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Ansible skips a play whose pattern matches no host, and the run succeeds. With this lookup in C(hosts), the run fails instead.
  - A blank pattern means V(localhost). An empty list, or a list of blank texts, names no host and fails. C(--limit) is taken into
    account.
options:
  _terms:
    description:
      - One host pattern.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Give people access
  hosts: "{{ lookup('honeyops.access.targets', access_targets | default('')) }}"
  gather_facts: false
  tasks:
    - name: Give them access
      ansible.builtin.include_role:
        name: honeyops.access.lifecycle
"""

RETURN = r"""
_raw:
  description: The pattern.
  type: list
  elements: str
"""

from typing import Any

from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..plugin_utils._host.inventory import inventory_of
from ..plugin_utils._host.target import LOCALHOST
from ..plugin_utils._host.variables import is_blank


def _pattern(given: Any) -> str:
    """The pattern in a text or a list of texts. A comma without a name beside it would stand for all hosts."""
    texts = given if isinstance(given, (list, tuple)) else [given]
    if any(isinstance(text, bool) or not isinstance(text, (str, int)) for text in texts):
        raise AnsibleLookupError(
            f"access_targets is {given!r}, so nothing was done. Give host names or a host pattern."
        )
    names = [name.strip() for text in texts for name in str(text).split(",") if name.strip()]
    if not names:
        raise AnsibleLookupError(
            f"access_targets is {given!r}, which names no host, so nothing was done. Leave it blank for localhost."
        )
    return ",".join(names)


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return the pattern in a list."""
        self.set_options(var_options=variables, direct=kwargs)
        if len(terms) != 1:
            raise AnsibleLookupError("The lookup honeyops.access.targets takes one host pattern.")
        pattern = LOCALHOST if is_blank(terms[0]) else _pattern(terms[0])
        manager = inventory_of(self._loader, (variables or {}).get("groups", {}))
        if not manager.get_hosts(pattern):
            raise AnsibleLookupError(
                f"access_targets is {pattern!r}, which matches no host of the inventory, so nothing was done. Check the "
                "pattern, and the inventory given with -i."
            )
        limit = context.CLIARGS.get("subset")
        manager.subset(limit)
        if limit and not manager.get_hosts(pattern):
            raise AnsibleLookupError(
                f"--limit {limit} leaves none of the hosts of access_targets ({pattern!r}), so nothing was done."
            )
        return [pattern]
