# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a service is reached."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options shared by both services, and those of each service."""

    DOCUMENTATION = r"""
requirements:
  - requests >= 2.32.4
options:
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the service. Set this to V(false) only for tests, because the
        credential is not safe then.
    type: bool
    default: true
  ca_path:
    description:
      - Path to a PEM file with the certificate authorities to trust instead of those of the system.
      - The services themselves do not need it; a proxy that intercepts TLS does.
      - If not set, the environment variable E(REQUESTS_CA_BUNDLE) is used.
    type: path
  request_timeout:
    description:
      - Seconds that one request may take, from name resolution to the last byte.
      - It does not limit the whole task; see O(max_wait).
    type: float
    default: 30
  max_wait:
    description:
      - Seconds that the whole task may spend on retries, failed requests and rate limits in total.
      - If a wait would exceed what is left, the task fails at once, without sleeping, and reports when the rate limit resets.
      - With V(0), nothing is retried.
      - It does not include the time to wait for somebody to accept an invitation.
    type: int
    default: 300
"""

    HONEYCOMB = r"""
options:
  api_key:
    description:
      - Configuration key of the Honeycomb team, from Environment settings > API Keys (or Team settings > API keys). A key belongs to one
        team. C(Copy existing API Key) shows it again.
      - Ingest keys and management keys do not work, except that M(honeyops.access.honeycomb_auth_info) accepts an ingest key. The error
        says so if the key is one of those.
      - If not set, the environment variable E(HONEYCOMB_API_KEY) is used.
    type: str
    required: true
"""

    HONEYCOMB_URL = r"""
options:
  api_url:
    description:
      - URL of the API. For teams in the EU it is V(https://api.eu1.honeycomb.io).
      - Plain C(http://) is refused except for loopback addresses, since it would send the key in clear text.
      - If not set, the environment variable E(HONEYCOMB_API_ENDPOINT) is used.
    type: str
    default: https://api.honeycomb.io
"""

    MANAGEMENT = r"""
options:
  management_key_id:
    description:
      - ID of a management key of the Honeycomb team, created under Team settings > API keys. The ID is not a secret.
      - The key needs the scope C(api-keys:read), C(users:read) to name the people who created keys, and C(api-keys:write) to change
        anything.
      - If not set, the environment variable E(HONEYCOMB_KEY_ID) is used.
    type: str
    required: true
  management_key_secret:
    description:
      - Secret of the management key. Honeycomb shows it once, when the key is created.
      - If not set, the environment variable E(HONEYCOMB_KEY_SECRET) is used.
    type: str
    required: true
  api_key:
    description:
      - Not used by this module. It is accepted so that one set of C(module_defaults) works for all modules of the action group.
    type: str
"""

    MANAGEMENT_UNUSED = r"""
options:
  management_key_id:
    description:
      - Not used by this module. It is accepted so that one set of C(module_defaults) works for all modules of the action group.
    type: str
  management_key_secret:
    description:
      - Not used by this module, like O(management_key_id).
    type: str
"""

    HONEYBADGER = r"""
options:
  auth_token:
    description:
      - Personal authentication token, from the user settings, of a Honeybadger user who can manage the account.
      - This is not the API key of a project, which other tools read from E(HONEYBADGER_API_KEY).
      - If not set, the environment variable E(HONEYBADGER_AUTH_TOKEN) is used.
    type: str
    required: true
  api_url:
    description:
      - URL of the application. For accounts in the EU it is V(https://eu-app.honeybadger.io).
      - The addresses that the tools of Honeybadger use for error reports, V(https://api.honeybadger.io) and
        V(https://eu-api.honeybadger.io), are understood as those of the application.
      - Plain C(http://) is refused except for loopback addresses, since it would send the token in clear text.
      - If not set, the environment variable E(HONEYBADGER_ENDPOINT) is used.
    type: str
    default: https://app.honeybadger.io
"""

    ACCOUNT = r"""
options:
  account_id:
    description:
      - ID of the Honeybadger account, such as V(Me3upk). M(honeyops.access.honeybadger_account_info) lists the IDs.
      - If not set, the environment variable E(HONEYBADGER_ACCOUNT_ID) is used.
    type: str
    required: true
"""
