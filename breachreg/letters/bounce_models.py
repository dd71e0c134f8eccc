"""The mailbox to which mail servers return the letters that they could not deliver."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from breachreg.accounts.models import Organisation, User
from breachreg.mailboxes.models import Security
from breachreg.register.leases import Lease


class BounceMailbox(Lease):
    """Where it is, and when it is looked at next. The password is encrypted under a key outside the database."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="bounce_mailbox")
    version = models.PositiveIntegerField(default=1, editable=False)
    address = models.EmailField(_("address for returns"))
    host = models.CharField(_("IMAP server"), max_length=253)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("encryption"), max_length=10, choices=Security.choices, default=Security.TLS)
    user = models.CharField(_("user name"), max_length=254)
    sealed_password = models.BinaryField(editable=False)
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    visited_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The last message looked at, and in which state of which folder its number means that message (UIDVALIDITY)
    box_key = models.CharField(max_length=64, blank=True, default="", editable=False)
    seen_uid = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["done_at", "parked_at", "due_at"])]

    def __str__(self):
        return self.address
