# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source for ansible-rulebook: who joined, left, was invited or got another role in Honeycomb and Honeybadger."""

from __future__ import annotations

DOCUMENTATION = r"""
---
short_description: Create events for changes to who has access to Honeycomb and Honeybadger.
description:
  - An ansible-rulebook event source plugin that polls teams and accounts and creates an event for each change. Neither service
    sends events.
  - A poll that fails or is incomplete creates no events; the next successful poll reports everything since the last successful
    one. The plugin waits longer after each failure, up to an hour.
  - The first poll without a snapshot creates no events, since there is nothing to compare with.
options:
  targets:
    description:
      - The teams and accounts to poll. If not set, the plugin polls the services whose credentials are in the environment of
        ansible-rulebook, in the variables that the modules of the collection read.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the target in events, different for each team or account.
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
        description: ID of a Honeycomb management key. With one, there are events for API keys, too.
        type: str
      management_key_secret:
        description: Secret of the management key.
        type: str
      auth_token:
        description: Personal authentication token of a Honeybadger user who may manage the account.
        type: str
      account_id:
        description: ID of the Honeybadger account.
        type: str
      api_url:
        description: URL of the service, if it is not the one for the US.
        type: str
  interval:
    description:
      - Seconds between polls. If this takes more than half of the requests that a service allows in an hour, the plugin polls less
        often and logs a warning.
    type: float
    default: 300
  snapshot:
    description:
      - A file for what was seen last, so that a restart neither loses nor repeats an event. It contains no credentials, only its owner
        can read it, and it belongs to one rulebook.
    type: str
  roster_file:
    description:
      - A roster, or a folder with one. There is an event for each person whose access, or membership of a group, ends soon. It must not
        be encrypted.
    type: str
  ends_within:
    description: The number of days in which it must end.
    type: int
    default: 14
  validate_certs:
    description: Whether to check the certificates of the services.
    type: bool
    default: true
  ca_path:
    description: File or folder with certificate authorities to trust instead of those of the system.
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
    """A module of the collection that this file belongs to; ansible-rulebook cannot import collections."""
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
    targets, interval, snapshot, roster = _import("_events.targets").settings_of(args)
    await _import("_events.poller").Poller(targets, queue, interval, snapshot, roster).run()
