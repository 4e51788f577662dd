# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a service is reached."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options: those of both services, and those of each."""

    DOCUMENTATION = r"""
requirements:
  - requests >= 2.32.4
options:
  validate_certs:
    description:
      - Whether the service's TLS certificate must be valid. Off only for tests; the credential is then not safe.
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificates of the authorities to trust, in PEM form, in place of those of the system.
      - Not needed for the services themselves; needed behind a proxy that opens TLS.
      - The environment variable E(REQUESTS_CA_BUNDLE) is heeded where this is not set.
    type: path
  request_timeout:
    description:
      - Seconds that one request may take, from the name look-up to the last byte.
      - It does not bound the whole task; see O(max_wait).
    type: float
    default: 30
  max_wait:
    description:
      - Seconds that the whole task may lose to retries, failed requests and rate limits together.
      - A wait that does not fit what is left fails at once and tells when the limit resets, rather than sleeping in vain.
      - V(0) retries nothing.
      - This is not the time to wait for somebody to accept an invitation.
    type: int
    default: 300
"""

    HONEYCOMB = r"""
options:
  api_key:
    description:
      - Configuration key of the Honeycomb team, made under Team settings > API keys. One key is good for one team.
      - Ingest keys and management keys do not work; the error says so when it is one of those.
      - Read from the environment variable E(HONEYCOMB_API_KEY) where it is not set.
    type: str
    required: true
  api_url:
    description:
      - Address of the API. For teams in the EU it is V(https://api.eu1.honeycomb.io).
      - Plain C(http://) is refused except for loopback addresses, since the key would travel in clear.
      - Read from the environment variable E(HONEYCOMB_API_ENDPOINT) where it is not set.
    type: str
    default: https://api.honeycomb.io
"""

    MANAGEMENT = r"""
options:
  management_key_id:
    description:
      - Id of a management key of the Honeycomb team, made under Team settings > API keys. It is no secret.
      - The key needs the scopes C(api-keys:read) and C(users:read), and C(api-keys:write) to change anything.
      - Read from the environment variable E(HONEYCOMB_KEY_ID) where it is not set.
    type: str
    required: true
  management_key_secret:
    description:
      - Secret of that key, shown once when it is made.
      - Read from the environment variable E(HONEYCOMB_KEY_SECRET) where it is not set.
    type: str
    required: true
  api_key:
    description:
      - Not used. It is accepted so that one set of C(module_defaults) serves all modules of the action group.
    type: str
  api_url:
    description:
      - Address of the API. For teams in the EU it is V(https://api.eu1.honeycomb.io).
      - Plain C(http://) is refused except for loopback addresses, since the key would travel in clear.
      - Read from the environment variable E(HONEYCOMB_API_ENDPOINT) where it is not set.
    type: str
    default: https://api.honeycomb.io
"""

    MANAGEMENT_UNUSED = r"""
options:
  management_key_id:
    description:
      - Not used here. It is accepted so that one set of C(module_defaults) serves all modules of the action group.
    type: str
  management_key_secret:
    description:
      - Not used here, as O(management_key_id).
    type: str
"""

    HONEYBADGER = r"""
options:
  auth_token:
    description:
      - Personal auth token of a Honeybadger user who may manage the account, from the user settings.
      - This is not the API key of a project, which E(HONEYBADGER_API_KEY) holds in other tools.
      - Read from the environment variable E(HONEYBADGER_AUTH_TOKEN) where it is not set.
    type: str
    required: true
  api_url:
    description:
      - Address of the application. For accounts in the EU it is V(https://eu-app.honeybadger.io).
      - The hosts that receive error reports (C(api.honeybadger.io)) are others and do not work here.
      - Plain C(http://) is refused except for loopback addresses, since the token would travel in clear.
      - Read from the environment variable E(HONEYBADGER_ENDPOINT) where it is not set.
    type: str
    default: https://app.honeybadger.io
"""

    ACCOUNT = r"""
options:
  account_id:
    description:
      - Id of the Honeybadger account, such as V(Me3upk). It is never guessed; M(honeyops.access.honeybadger_account_info) lists them.
      - Read from the environment variable E(HONEYBADGER_ACCOUNT_ID) where it is not set.
    type: str
    required: true
"""
