# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options about one person, and the results that tell of them."""

from __future__ import annotations


class ModuleDocFragment:
    """Options that the modules for people share."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) invites whom nobody knows yet, and corrects what is there, be it accepted or pending.
      - V(absent) takes away access and cancels a pending invitation. It takes effect at once and cannot be undone; a new invitation
        is the only way back.
    type: str
    choices: [present, absent]
    default: present
  reinvite_after:
    description:
      - Cancel a pending invitation that is this many days old or older and send a new one. Fractions are allowed.
      - Off when not set; nobody gets a second e-mail then.
    type: float
"""

    WAIT = r"""
options:
  aliases:
    description:
      - Other addresses of the same person. Whoever is there under one of them is found and not invited again.
      - An invitation is sent to the main address only.
    type: list
    elements: str
    default: []
  wait:
    description:
      - Wait until the person has accepted the invitation, looking every O(wait_interval) seconds.
      - Nothing is waited for in check mode, with O(state=absent), or after a failure.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait for the acceptance. When they are over, the task fails with code C(timeout); the invitation stays.
    type: float
    default: 600
  wait_interval:
    description:
      - Seconds between two looks. Each look costs the requests of one list.
    type: float
    default: 15
"""

    BULK = r"""
options:
  exclusive:
    description:
      - Take away the access, and cancel the invitations, of everybody who is not in the list.
      - An empty list is refused together with this, and so is a list of nobody but people with C(state=absent).
    type: bool
    default: false
  max_removals:
    description:
      - At most so many people may lose access or a pending invitation in one run, those named with C(state=absent) included. A person
        counts once, whatever they lose.
      - A count such as V(3), or a share such as V(25%) of the people and pending invitations that are there when the run starts, rounded
        down and at least 1. V(0) forbids every removal.
      - The whole plan is held to it, also what O(max_changes) would put off.
    type: str
    default: "25%"
  protected:
    description:
      - E-mail addresses of people who are never removed or demoted. A plan that would is refused as a whole.
      - One address of a person is enough. It holds under their aliases, and under addresses that an accepted invitation links.
      - What the service shows instead of an address, such as V(robot), is taken too.
    type: list
    elements: str
    default: []
  ignore:
    description:
      - E-mail addresses of people who are left exactly as they are, also by O(exclusive).
      - What the service shows instead of an address, such as V(robot), is taken too.
    type: list
    elements: str
    default: []
  max_changes:
    description:
      - Apply at most so many steps of the plan; the others come back as C(deferred) and are for a later run.
      - Use it to spread much work over the hours of a rate limit.
    type: int
  concurrency:
    description:
      - Writes under way at once.
    type: int
    default: 4
  expected_plan_id:
    description:
      - The RV(plan_id) that was approved. When the plan now has another one, the task fails with code C(plan_changed) before any write.
    type: str
  reinvite_after:
    description:
      - Cancel a pending invitation that is this many days old or older and send a new one. Fractions are allowed.
      - Off when not set; nobody gets a second e-mail then.
    type: float
"""

    KNOWN = r"""
options:
  known_invitations:
    description:
      - RV(known_invitations) of an earlier run, to be handed in unchanged; V({}) the first time.
      - Honeycomb may not list people who have not accepted yet, and has no list of invitations. With this, such a person is not
        invited again, and their invitation can be cancelled. Without it, a warning says what cannot be known.
      - A task with C(until) and C(retries) hands in the same value at each attempt, so a second attempt does not know of an invitation
        that the first one sent. Do not retry a task that may invite; run the play again with what the failed task returned.
      - Somebody in it who is listed counts as accepted only when a list that was read after the invitation did not show them, or
        when their record has a name or another field that the invitation and the answer to it did not have. Until then they are
        C(pending) and do not count as an accepted admin. An entry that an earlier version returned tells neither, so a name counts
        and being listed does not. Nobody who is listed is sent another invitation. With a management key that has the scope
        C(users:read), the list of users tells who has accepted, too.
    type: dict
"""

    VERIFY = r"""
options:
  verify:
    description:
      - After a removal, read the lists once more. What they still show of the people who should be gone fails the task with code
        C(partial_failure), and RV(verified) names it.
      - It costs the requests of one look. Nothing is read again in check mode.
    type: bool
    default: false
"""

    TEAMS = r"""
options:
  manage_teams:
    description:
      - Whether C(team_ids) counts for somebody who is a user already. They leave the teams that are not in the list at once, and get an
        invitation to those that they are not in.
      - Otherwise it does nothing for a user, and a warning says so.
    type: bool
    default: false
"""

    KEYS = r"""
options:
  management_key_id:
    description:
      - Id of a management key of the team, made under Team settings > API keys, with the scopes C(users:read) and C(api-keys:read), and
        C(api-keys:write) to disable or delete keys. Needs O(management_key_secret).
      - With it, a removal finds the API keys that the person made, O(verify) has a second source, and where the team's members cannot
        be listed the error says who is there all the same.
      - Read from the environment variable E(HONEYCOMB_KEY_ID) where it is not set.
    type: str
  management_key_secret:
    description:
      - The secret of the management key.
      - Read from the environment variable E(HONEYCOMB_KEY_SECRET) where it is not set.
    type: str
  leaver_keys:
    description:
      - What becomes of the API keys that somebody made who loses access. V(report) names them in RV(leaver_keys) and RV(follow_up).
      - V(disable) and V(delete) take effect at once, in whatever uses the key. Deleting cannot be undone. Each key is a step of the
        plan. A removal that can be told nothing of keys fails before the first write then.
      - Without a management key no key is touched. A warning says so for V(disable) and V(delete).
      - The keys that the task itself uses are never touched. Keys that name no maker, and management keys, are left for you.
    type: str
    choices: [report, disable, delete]
    default: report
  max_keys:
    description:
      - At most so many keys may be disabled or deleted in one run. A plan with more is refused, and the error lists them.
    type: int
    default: 20
"""
