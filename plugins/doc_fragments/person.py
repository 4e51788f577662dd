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
      - An empty list is refused together with this.
    type: bool
    default: false
  max_removals:
    description:
      - At most so many people may lose access or a pending invitation in one run, those named with C(state=absent) included.
      - A count such as V(3), or a share such as V(25%) of the people and pending invitations that are there when the run starts, rounded
        down and at least 1. V(0) forbids every removal.
      - The whole plan is held to it, also what O(max_changes) would put off.
    type: str
    default: "25%"
  protected:
    description:
      - E-mail addresses of people who are never removed or demoted. A plan that would is refused as a whole.
    type: list
    elements: str
    default: []
  ignore:
    description:
      - E-mail addresses of people who are left exactly as they are, also by O(exclusive).
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
      - Somebody in it who is listed counts as accepted only when a list that was read after the invitation did not show them, or
        when their record has a name or another field that the answer to the invitation did not have. Until then they are
        C(pending) and do not count as an accepted admin. An entry that an earlier version returned tells neither, so a name counts
        and being listed does not. Nobody who is listed is sent another invitation.
    type: dict
"""
