"""What the tables of the desk say about people: copies of the register's words, made again at any time."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import Term, declare, table

FINDING = _("finds an incident by a word")

TABLES = declare(
    {
        "SearchDocument": table(FINDING, Term.RECORD, nothing="incident organisation", text="title facts people notes files"),
        "SearchProgress": table(FINDING, Term.ORGANISATION, nothing="organisation number"),
    }
)
