# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source for ansible-rulebook: who joined, left, was invited or got another role in Honeycomb and Honeybadger."""

from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: Tell of changes to who has access to Honeycomb and Honeybadger.
description:
  - An ansible-rulebook event source plugin that polls teams and accounts, and puts an event for each change. Neither service has
    events of its own.
  - A poll that fails, or that cannot be completed, tells nothing; the next one that succeeds tells what changed since the last
    one that did. After failures it waits longer, up to an hour, and goes on.
  - The first poll without a snapshot tells nothing, since there is nothing to compare with.
options:
  targets:
    description:
      - The teams and accounts to poll. Where it is left out, the services whose credentials stand in the environment of
        ansible-rulebook, under the names that the modules of the collection read.
    type: list
    elements: dict
    suboptions:
      name:
        description: What events call the target; give another team or account another name.
        type: str
        required: true
      service:
        description: The service.
        type: str
        choices: [honeycomb, honeybadger]
        required: true
      api_key:
        description: Configuration key of the Honeycomb team.
        type: str
      management_key_id:
        description: Id of a Honeycomb management key. With one, events tell of API keys, too.
        type: str
      management_key_secret:
        description: Its secret.
        type: str
      auth_token:
        description: Personal auth token of a Honeybadger user who may manage the account.
        type: str
      account_id:
        description: Id of the Honeybadger account.
        type: str
      api_url:
        description: Address of the service, where it is not the US one.
        type: str
  interval:
    description:
      - Seconds from one poll to the next. Where polling so often would take more than half of what a service allows in an hour, it
        polls less often, and a warning says so.
    type: float
    default: 300
  snapshot:
    description:
      - A file that keeps what was seen last, so that a restart neither loses nor repeats an event. It holds no credential, is
        readable by its owner only, and belongs to one rulebook.
    type: str
  validate_certs:
    description: Whether to check the certificates of the services.
    type: bool
    default: true
  ca_path:
    description: File or folder of authorities to trust instead of the usual ones.
    type: str
  request_timeout:
    description: Seconds that one request may take.
    type: float
    default: 30
"""

EXAMPLES = r"""
- name: Watch a team and an account
  hosts: all
  sources:
    - honeyops.access.access_changes:
        targets:
          - name: payments
            service: honeycomb
            api_key: "{{ honeycomb_api_key }}"
          - name: payments
            service: honeybadger
            auth_token: "{{ honeybadger_auth_token }}"
            account_id: Pay001
        snapshot: /var/lib/honeyops/payments.json
  rules:
    - name: Somebody became an admin
      condition: event.type == "role_changed" and event.after.role == "admin"
      action:
        debug:
          msg: "{{ event.email }} is an admin of {{ event.target }} now"
"""

import importlib
import os
import sys
from typing import Any

PACKAGE = "ansible_collections.honeyops.access.plugins.plugin_utils"


def _import(name: str) -> Any:
    """A part of the collection that this file belongs to; ansible-rulebook does not know where it lies."""
    root = os.path.abspath(__file__).rpartition(f"{os.sep}ansible_collections{os.sep}")[0]
    if root not in sys.path:
        sys.path.insert(0, root)
        importlib.invalidate_caches()
    package = importlib.import_module("ansible_collections")
    place = os.path.join(root, "ansible_collections")
    if place not in package.__path__:
        package.__path__.append(place)
    return importlib.import_module(f"{PACKAGE}.{name}")


async def main(queue: Any, args: dict[str, Any]) -> None:
    """Put an event for each change into the queue, until cancelled."""
    targets, interval, snapshot = _import("_event_targets").settings_of(args)
    await _import("_events").Poller(targets, queue, interval, snapshot).run()
