# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options about one person, and the results that tell of them."""

from __future__ import annotations


class ModuleDocFragment:
    """Options shared by the modules that manage people."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) invites a person who is not there yet, and corrects the access or the pending invitation of one who is.
      - V(absent) removes access and cancels pending invitations. It takes effect at once and cannot be undone; the person can only be
        invited again.
    type: str
    choices: [present, absent]
    default: present
"""

    REINVITE = r"""
options:
  reinvite_after:
    description:
      - Cancel a pending invitation that is at least this many days old and send a new one. Fractions are allowed.
      - If not set, invitations are not sent again and nobody gets a second e-mail.
    type: float
"""

    WAIT = r"""
options:
  aliases:
    description:
      - Other addresses of the same person. A person who is there under one of them is not invited again.
      - Invitations are sent to the main address only.
    type: list
    elements: str
    default: []
  wait:
    description:
      - Wait until the person accepts the invitation, and check every O(wait_interval) seconds.
      - The task does not wait in check mode, with O(state=absent), or after a failure.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait for the person to accept. After that, the task fails with code C(timeout); the invitation stays valid.
    type: float
    default: 600
  wait_interval:
    description:
      - Seconds between two checks. Each check reads the lists again.
    type: float
    default: 15
"""

    BULK = r"""
options:
  exclusive:
    description:
      - Remove the access and cancel the invitations of everybody who is not in the list.
      - If V(true), an empty list is refused, and so is a list in which everybody has C(state=absent).
    type: bool
    default: false
  max_removals:
    description:
      - Maximum number of people who may lose access or a pending invitation in one run, including those with C(state=absent). A person
        counts once, however much they lose.
      - Either a count such as V(3), or a share such as V(25%) of the people and pending invitations at the start of the run, rounded
        down but at least 1. V(0) forbids all removals.
      - The limit applies to the whole plan, including the steps that O(max_changes) defers.
    type: str
    default: "25%"
  protected:
    description:
      - E-mail addresses of people who must not be removed or demoted. A plan that would do so is refused as a whole.
      - One address of a person is enough. It also covers their aliases, and addresses that an accepted invitation links to them.
      - A text that the service shows instead of an address, such as V(robot), is accepted too, and refused if nobody
        is listed under exactly that text. Patterns, domains and names of people are refused. An address that nobody
        has causes a warning.
    type: list
    elements: str
    default: []
  ignore:
    description:
      - E-mail addresses of people who are left exactly as they are, even with O(exclusive=true).
      - A text that the service shows instead of an address, such as V(robot), is accepted too.
    type: list
    elements: str
    default: []
  max_changes:
    description:
      - Maximum number of steps of the plan to apply in one run. The others are returned as C(deferred), for a later run.
      - Use it to spread a large plan over several hours of a rate limit.
    type: int
  concurrency:
    description:
      - Maximum number of write requests at the same time.
    type: int
    default: 4
  expected_plan_id:
    description:
      - The RV(plan_id) that was approved. If the plan has a different ID now, the task fails with code C(plan_changed) before any write.
    type: str
  reasons:
    description:
      - Why people who are not in the list lose access with O(exclusive=true), by their addresses, such as
        V(left group Platform). The reason of each of their steps ends with this text. An address that nobody has is
        ignored.
    type: dict
    default: {}
"""

    INVITED = r"""
options:
  known_invitations:
    description:
      - The RV(known_invitations) that an earlier run returned, unchanged.
      - Honeybadger may drop the address of an invitation when somebody accepts it, and they may accept it under another address. With
        this option, such a person is still found under the address that was invited.
    type: dict
"""

    KNOWN = r"""
options:
  known_invitations:
    description:
      - The RV(known_invitations) that an earlier run returned, unchanged. Use V({}) for the first run.
      - Honeycomb may leave people who have not accepted yet out of its list of members, and has no list of
        invitations. With this option, such a person is not invited again and their invitation can be cancelled.
        Without it, a warning says what is unknown.
      - A task with C(until) and C(retries) passes the same value to each attempt, so the second attempt does not know about an invitation
        that the first one sent. Do not retry a task that may invite; run the play again with what the failed task returned.
      - A listed person who is in this dictionary counts as accepted only on evidence. Either a list that was read a minute or more after
        the invitation did not show them, or their record has a name or another field that the invitation and its answer did not have.
        Without evidence they are C(pending), and do not count as an accepted admin. A listed person is invited again only if the list
        says that they are pending and O(reinvite_after) is set.
      - With a management key that has the scope C(users:read), the list of users decides instead, about everybody who is listed. It is
        read where there is no evidence, and where an accepted person loses access or a role.
      - A person who was listed, and disappears from the list without having accepted, is no longer pending. A warning
        names them.
    type: dict
"""

    VERIFY = r"""
options:
  verify:
    description:
      - Read the lists once more after a removal. If they still show access of people who should be gone, the task
        fails with code C(partial_failure), and RV(verified) lists what remains.
      - Lists may lag behind. While they still show such access, they are read up to three more times, with pauses of
        a few seconds in total.
      - In check mode, the lists are not read again.
    type: bool
    default: false
"""

    TEAMS = r"""
options:
  manage_teams:
    description:
      - Whether C(team_ids) applies to people who are users already. They immediately leave the teams that are not in
        the list, and get an invitation to each team in the list that they are not in.
      - If V(false), C(team_ids) has no effect on a user, and a warning says so.
    type: bool
    default: false
"""

    KEYS = r"""
options:
  management_key_id:
    description:
      - ID of a management key of the team, created under Team settings > API keys. Requires O(management_key_secret).
      - The key needs the scopes C(users:read) and C(api-keys:read), and C(api-keys:write) to disable or delete keys.
      - With a management key, a removal finds the API keys that the person created, and O(verify) has a second source. If the members of
        the team cannot be listed, the error says which of the people are there.
      - If not set, the environment variable E(HONEYCOMB_KEY_ID) is used.
    type: str
  management_key_secret:
    description:
      - Secret of the management key.
      - If not set, the environment variable E(HONEYCOMB_KEY_SECRET) is used.
    type: str
  leaver_keys:
    description:
      - What to do with the API keys created by people who lose access. V(report) lists them in RV(leaver_keys) and RV(follow_up).
      - V(disable) and V(delete) stop everything that uses the key at once, and deleting cannot be undone. Each key is a step of the
        plan. If the keys cannot be read, the task fails before the first write.
      - Without a management key, no key is touched. With V(disable) and V(delete), a warning says so.
      - The keys that the task itself uses are never touched. Management keys, and keys that do not name their creator, are left to you.
        So are all configuration keys if Honeycomb reports an ID for O(api_key) that its list of keys does not contain, and all keys if
        Honeycomb does not name the team of O(api_key).
      - Keys are disabled before their creator loses access, and deleted afterwards.
    type: str
    choices: [report, disable, delete]
    default: report
  max_keys:
    description:
      - Maximum number of keys that may be disabled or deleted in one run. A plan with more is refused, and the error lists them.
    type: int
    default: 20
"""
