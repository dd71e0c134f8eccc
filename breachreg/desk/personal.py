"""What the tables of the desk say about people: copies of the register's words, made again at any time."""

from django.utils.translation import gettext_lazy as _

from breachreg.audit.personal import Term, declare, table

FINDING = _("finds an incident by a word")

TABLES = declare(
    {
        "SearchWord": table(FINDING, Term.RECORD, nothing="id incident organisation places", text="word"),
        "CalendarFeed": table(
            _("lets a person's calendar program read their deadlines"), Term.ACCOUNT, nothing="id digest made_at read_on", colleague="user"
        ),
        "SearchProgress": table(FINDING, Term.ORGANISATION, nothing="organisation number"),
    }
)
