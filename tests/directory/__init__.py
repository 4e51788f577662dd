# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading people from directories: real servers on loopback, and stubs where there is none to install."""
