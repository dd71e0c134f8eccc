"""Sign-in is allauth's; what it does is written to the trail of each organisation of the person."""

from datetime import datetime

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from breachreg.accounts.access import organisations_of
from breachreg.accounts.models import User
from breachreg.audit.actions import record


@transaction.atomic
def note_sign_in(*, action: str, user: User, at: datetime) -> None:
    """Record a sign-in, a sign-out or a refused attempt with every organisation that the person belongs to."""
    for organisation in list(organisations_of(user)) or [None]:
        record(action=action, by=user, at=at, organisation=organisation, subject=user)


class SignIn(DefaultAccountAdapter):
    """Accounts are opened by an administrator, and every sign-in leaves an entry."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        note_sign_in(action="person.signed_in", user=user, at=request.now)
        super().login(request, user)

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            note_sign_in(action="person.signed_out", user=request.user, at=request.now)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials) -> None:
        super().authentication_failed(request, **credentials)
        user = User.objects.filter(email=(credentials.get("email") or "").lower()).first()
        if user:  # an address that nobody has is noise, and might be a password typed in the wrong field
            note_sign_in(action="person.sign_in_failed", user=user, at=request.now)
