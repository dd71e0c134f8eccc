"""What the search reads: the words of each incident, folded, and how far the trail has been followed.

All of it can be made again from the register at any time; a purge of an incident empties its words with it.
"""

from django.db import models

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import Organisation, User
from breachreg.register.models import Incident

__all__ = ["SearchDocument", "SearchProgress"]


class SearchDocumentQuerySet(models.QuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "SearchDocumentQuerySet":
        """Documents of this organisation's incidents, for people who may read every incident there."""
        here = self.filter(organisation=organisation)
        return here if "incident.read" in abilities_of(user, organisation) else here.none()


class SearchDocument(models.Model):
    """The folded words of one incident, apart by where they stand; each column begins and ends with a space."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, primary_key=True, related_name="search_document")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    title = models.TextField()
    facts = models.TextField()
    people = models.TextField()
    notes = models.TextField()
    files = models.TextField()

    objects = SearchDocumentQuerySet.as_manager()


class SearchProgress(models.Model):
    """The number of the last entry of an organisation's trail whose incident has been read."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    number = models.PositiveBigIntegerField(default=0)
