"""Who may do what: abilities listed once, roles as a sentence and a list of abilities, one can().

A role is held in an organisation, and nothing crosses from one to another.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Membership, Organisation, Role, User

ABILITIES = {
    "incident.report": _("Report an incident"),
    "incident.read_own": _("Follow the incidents they reported"),
    "incident.read": _("Read every incident"),
    "incident.manage": _("Qualify, describe, assess, decide and close incidents"),
    "incident.second": _("Confirm, as a second person, what a colleague decided"),
    "notification.write": _("Draft, submit and file notifications"),
    "notification.review": _("Comment on, send back and approve notifications"),
    "letter.write": _("Write letters and manage their recipients"),
    "letter.review": _("Comment on, send back and approve letters"),
    "recipient.read": _("See who is written to"),
    "register.export": _("Export the register"),
    "register.import": _("Import a register"),
    "trail.read": _("Read and verify the trail"),
    "audit.question": _("Ask the DPO questions and draw samples"),
    "mailbox.work": _("Triage reported messages and examine mailboxes"),
    "retention.manage": _("Propose and confirm purges, set legal holds"),
    "people.manage": _("Invite people and give roles"),
    "organisation.manage": _("Change the organisation's settings"),
}


@dataclass(frozen=True)
class RoleRule:
    sentence: object
    abilities: frozenset[str]


ROLES = {
    Role.REPORTER: RoleRule(
        _("Any employee: reports that something happened and follows their own reports."),
        frozenset({"incident.report", "incident.read_own"}),
    ),
    Role.DPO: RoleRule(
        _("Decides and is on time: everything on the incidents of the organisation."),
        frozenset(
            {
                "incident.report", "incident.read_own", "incident.read", "incident.manage", "incident.second",
                "notification.write", "letter.write", "recipient.read", "register.export", "register.import",
                "trail.read", "mailbox.work", "retention.manage",
            }
        ),
    ),
    Role.LEGAL_REVIEWER: RoleRule(
        _("Makes sure that what leaves is right: reads, comments, sends back, approves; never their own text."),
        frozenset(
            {
                "incident.report", "incident.read_own", "incident.read", "incident.second", "notification.review",
                "letter.review", "recipient.read",
            }
        ),
    ),
    Role.AUDITOR: RoleRule(
        _("Trusts the register: reads, exports and verifies, and changes nothing."),
        frozenset({"incident.read", "recipient.read", "register.export", "trail.read", "audit.question"}),
    ),
    Role.ADMINISTRATOR: RoleRule(
        _("Keeps it running: people, roles and settings; no access to incidents by virtue of that role."),
        frozenset({"people.manage", "organisation.manage"}),
    ),
}


def abilities_of(user: User, organisation: Organisation) -> frozenset[str]:
    """Everything that a person's roles in this organisation allow; nothing for an outsider or a closed account."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    roles = Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True)
    return frozenset().union(*(ROLES[role].abilities for role in roles))


def can(user: User, ability: str, organisation: Organisation) -> bool:
    """Whether a person may do this here. Raises KeyError for an ability that is not listed."""
    ABILITIES[ability]
    return ability in abilities_of(user, organisation)


def organisations_of(user: User):
    """The organisations in which a person holds a role, by name."""
    return Organisation.objects.filter(memberships__user=user).distinct().order_by("name")


def holders(ability: str, organisation: Organisation):
    """The active people who may do this in this organisation, by name."""
    roles = [role for role, rule in ROLES.items() if ability in rule.abilities]
    return (
        User.objects.filter(is_active=True, memberships__organisation=organisation, memberships__role__in=roles)
        .distinct()
        .order_by("full_name")
    )
