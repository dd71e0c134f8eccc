"""People, organisations, and the role that a person holds in an organisation."""

import zoneinfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.fields import CodesField

LANGUAGES = [("fr", "Français"), ("en", "English")]


def check_time_zone(name: str) -> None:
    """Refuse a zone that the machine's database of zones does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone. Choose one such as Europe/Paris."), params={"name": name})


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; the e-mail address is the name."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    def __str__(self):
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name


class Organisation(models.Model):
    """A controller (or processor) that keeps a register here, as the CNIL's form identifies it; null is unknown."""

    name = models.CharField(_("legal name"), max_length=200)
    slug = models.SlugField(_("name in addresses"), unique=True)
    reference_prefix = models.CharField(
        _("prefix of references"),
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2,5}$", _("Enter two to five capital letters."))],
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris", validators=[check_time_zone])
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    regimes = CodesField(_("regimes that concern it"), vocabulary="regimes")
    contract_hours = models.PositiveSmallIntegerField(_("hours in which its contracts have a controller told"), null=True, blank=True)

    kept_years = models.PositiveSmallIntegerField(
        _("years for which incidents are kept after closure"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )

    siren = models.CharField(_("SIREN"), max_length=9, null=True, blank=True)
    has_no_siren = models.BooleanField(_("has no SIREN"), default=False)
    vat_number = models.CharField(_("VAT number"), max_length=20, null=True, blank=True)
    sector = models.CharField(_("sector"), max_length=60, null=True, blank=True)
    headcount = models.PositiveIntegerField(_("headcount"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=200, null=True, blank=True)
    postal_code = models.CharField(_("postcode"), max_length=12, null=True, blank=True)
    city = models.CharField(_("town"), max_length=100, null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")

    legal_representative_civility = models.CharField(max_length=20, null=True, blank=True)
    legal_representative_last_name = models.CharField(max_length=100, null=True, blank=True)
    legal_representative_first_name = models.CharField(max_length=100, null=True, blank=True)
    legal_representative_email = models.EmailField(null=True, blank=True)
    contact_civility = models.CharField(max_length=20, null=True, blank=True)
    contact_last_name = models.CharField(max_length=100, null=True, blank=True)
    contact_first_name = models.CharField(max_length=100, null=True, blank=True)
    contact_function = models.CharField(max_length=100, null=True, blank=True)
    contact_email = models.EmailField(null=True, blank=True)
    contact_phone = models.CharField(max_length=30, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(siren__isnull=True) | Q(has_no_siren=False), name="organisation_siren_or_none"
            ),
            models.CheckConstraint(condition=Q(kept_years__range=(1, 30)), name="organisation_keeps_for_a_while"),
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone in which this organisation reads its instants."""
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def place(self) -> str:
        """Postcode and town on one line, as far as they are known."""
        return " ".join(filter(None, [self.postal_code, self.city]))


class Role(models.TextChoices):
    REPORTER = "reporter", _("Reporter")
    DPO = "dpo", _("DPO")
    LEGAL_REVIEWER = "legal_reviewer", _("Legal reviewer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Membership(models.Model):
    """One role of one person in one organisation; a person may hold several."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_role_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"
