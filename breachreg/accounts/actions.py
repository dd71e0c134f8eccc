"""What is done to people, roles and organisations; each verb is one transaction with one entry in the trail."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from breachreg.accounts.models import Membership, Organisation, Role, User
from breachreg.audit import catalogue
from breachreg.audit.actions import difference, record, snapshot

EVENTS = catalogue.register(
    "accounts",
    {
        "organisation.founded": gettext_lazy("Organisation founded"),
        "organisation.changed": gettext_lazy("Organisation's settings changed"),
        "person.added": gettext_lazy("Person added"),
        "person.changed": gettext_lazy("Person's details changed"),
        "person.closed": gettext_lazy("Person's account closed"),
        "role.given": gettext_lazy("Role given"),
        "role.taken": gettext_lazy("Role taken away"),
        "person.signed_in": gettext_lazy("Signed in"),
        "person.signed_out": gettext_lazy("Signed out"),
        "person.sign_in_failed": gettext_lazy("Sign-in refused"),
        "access.refused": gettext_lazy("Access refused"),
    },
)


class RoleAlreadyGiven(Exception):
    """The person holds that role in that organisation already."""


class LastAdministrator(Exception):
    """Taking this role away would leave the organisation without an administrator."""


@transaction.atomic
def found_organisation(*, name: str, slug: str, reference_prefix: str, by: User | None, at: datetime, **fields):
    """Create an organisation with its register. Raises ValidationError naming the field that is wrong."""
    organisation = Organisation(name=name, slug=slug, reference_prefix=reference_prefix, **fields)
    organisation.full_clean()
    organisation.save()
    record(
        action="organisation.founded", by=by, at=at, organisation=organisation, subject=organisation,
        changes=difference({}, snapshot(organisation)),
    )
    return organisation


@transaction.atomic
def change_organisation(*, organisation: Organisation, by: User, at: datetime, **fields) -> Organisation:
    """Change settings of an organisation. Raises ValidationError naming the field that is wrong."""
    before = snapshot(organisation)
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.full_clean()
    organisation.save(update_fields=list(fields))
    record(
        action="organisation.changed", by=by, at=at, organisation=organisation, subject=organisation,
        changes=difference(before, snapshot(organisation)),
    )
    return organisation


@transaction.atomic
def add_person(
    *, email: str, full_name: str, by: User | None, at: datetime, language: str = "fr", password: str | None = None
) -> User:
    """Open an account; without a password the person sets one by the reset e-mail."""
    user = User.objects.create_user(
        email=email, password=password, full_name=full_name, language=language, date_joined=at
    )
    record(action="person.added", by=by, at=at, subject=user, changes={"email": [None, user.email]})
    return user


@transaction.atomic
def give_role(*, user: User, organisation: Organisation, role: Role, by: User | None, at: datetime) -> Membership:
    """Give a person a role in an organisation. Raises RoleAlreadyGiven."""
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=user, organisation=organisation, role=role)
    except IntegrityError as error:
        raise RoleAlreadyGiven(_("%(person)s holds this role already.") % {"person": user}) from error
    record(
        action="role.given", by=by, at=at, organisation=organisation, subject=user, changes={"role": [None, str(role)]}
    )
    return membership


@transaction.atomic
def invite(
    *, organisation: Organisation, email: str, full_name: str, role: Role, language: str, by: User, at: datetime
) -> Membership:
    """Give a role to the person with this address, opening an account when there is none. Raises RoleAlreadyGiven."""
    known = User.objects.filter(email=email.lower()).first()
    user = known or add_person(email=email, full_name=full_name, language=language, by=by, at=at)
    return give_role(user=user, organisation=organisation, role=role, by=by, at=at)


@transaction.atomic
def take_role(*, membership: Membership, by: User, at: datetime) -> None:
    """Take a role away. Raises LastAdministrator rather than leave nobody who can give roles."""
    others = Membership.objects.select_for_update().filter(
        organisation=membership.organisation, role=Role.ADMINISTRATOR
    )
    if membership.role == Role.ADMINISTRATOR and not others.exclude(pk=membership.pk).exists():
        raise LastAdministrator(_("Give somebody else the administrator's role first."))
    record(
        action="role.taken", by=by, at=at, organisation=membership.organisation, subject=membership.user,
        changes={"role": [membership.role, None]},
    )
    membership.delete()


@transaction.atomic
def refuse_access(*, by: User, at: datetime, organisation: Organisation | None, address: str, ability: str) -> None:
    """Note that a person was refused a page: the address, without its query, and the ability that was missing."""
    record(
        action="access.refused", by=by, at=at, organisation=organisation,
        details={"address": address, "ability": ability},
    )


@transaction.atomic
def choose_language(*, user: User, language: str, by: User, at: datetime) -> None:
    """Remember the language in which a person reads the product."""
    before = user.language
    user.language = language
    user.save(update_fields=["language"])
    record(action="person.changed", by=by, at=at, subject=user, changes={"language": [before, language]})
