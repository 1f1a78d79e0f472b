"""Roles that one person may not hold at the same time: the three administrators (GB/T 22239-2019 8.1.5).

Who runs the system does not set its rules, and neither of them reads the log that watches both. An
administrator's role is a post like any other: a person, a place or unit, from, to. It opens no records.
"""

from django.utils.translation import gettext_noop

#: The administrators' roles, which no pack declares, and what they are called.
ADMINISTRATORS = {
    "system_admin": gettext_noop("系统管理员"),
    "security_admin": gettext_noop("安全管理员"),
    "audit_admin": gettext_noop("审计管理员"),
}
#: Sets of roles of which a person holds at most one at any moment.
APART: tuple[frozenset[str], ...] = (frozenset(ADMINISTRATORS),)


def apart_from(role: str) -> frozenset[str]:
    """The roles that a holder of this role must not hold at the same time."""
    return frozenset().union(*(rule - {role} for rule in APART if role in rule))
