"""What the tables of the desk say about people: copies of the register's words, made again at any time."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import Term, declare, table

FINDING = _("finds an incident by a word")

TABLES = declare(
    {
        "SearchWord": table(FINDING, Term.RECORD, nothing="id incident organisation places", text="word"),
        "SearchProgress": table(FINDING, Term.ORGANISATION, nothing="organisation number"),
    }
)
