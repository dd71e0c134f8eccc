"""What the search reads: the words of each incident, folded, and how far the trail has been followed.

All of it can be made again from the register at any time; a purge of an incident empties its words with it.
"""

from django.db import models

from breachreg.accounts.access import abilities_of
from breachreg.accounts.models import Organisation, User
from breachreg.register.models import Incident

__all__ = ["CalendarFeed", "SearchProgress", "SearchWord"]

LONGEST_WORD = 60


class Begins(models.Lookup):
    """Whether a folded word (a to z, 0 to 9) begins like this, said so that each database uses its index."""

    lookup_name = "begins"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} >= %s AND {column} < %s", [*parameters, self.rhs, *parameters, self.rhs + "{"]  # what follows z

    def as_postgresql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", [*parameters, self.rhs + "%"]


class SearchWordQuerySet(models.QuerySet):
    def visible_to(self, user: User, organisation: Organisation) -> "SearchWordQuerySet":
        """Words of this organisation's incidents, for people who may read every incident there."""
        here = self.filter(organisation=organisation)
        return here if "incident.read" in abilities_of(user, organisation) else here.none()

    def beginning(self, word: str) -> "SearchWordQuerySet":
        """The rows whose word begins like this."""
        return self.filter(Begins(models.F("word"), word))

    def standing_for(self, word: str) -> "SearchWordQuerySet":
        """One row for each incident with a word that begins like this. When only one word does, as mostly, the index
        gives the rows in their order, and the first thousand are found without sorting all.
        """
        begun = self.beginning(word).order_by("word").values_list("word", flat=True)
        first, last = begun.first(), begun.last()
        return self.filter(word=first) if first == last else self.beginning(word).distinct()


class SearchWord(models.Model):
    """That an incident holds a folded word, and where; the index finds a beginning without reading the rest."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="search_words")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=LONGEST_WORD)
    places = models.PositiveSmallIntegerField()  # bits of search.PLACES; the title is the highest

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "word"], name="search_word_once")]
        indexes = [
            models.Index(
                name="search_word_begins", fields=["organisation", "word", "incident", "places"],
                opclasses=["int8_ops", "varchar_pattern_ops", "int8_ops", "int2_ops"],
            )
        ]


class CalendarFeed(models.Model):
    """The secret address at which a person's calendar program reads their deadlines; only its digest is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_on = models.DateField(null=True, blank=True)


class SearchProgress(models.Model):
    """The number of the last entry of an organisation's trail whose incident has been read."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    number = models.PositiveBigIntegerField(default=0)
