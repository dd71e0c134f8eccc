"""What a purge may remove, and what it leaves: the database itself lets go of nothing else.

Leave to remove the words of an entry is given by the entry of a purge in the same organisation that comes after it, is
never taken back, and never covers a purge. A tombstone stays as it was set.
"""

from functools import partial

from django.db import migrations

from breachreg.migrations import _refusals
from breachreg.migrations._refusals import Refusal

LEAVE, TOMBSTONE = "breachreg_contentpurge", "breachreg_tombstone"
UNLAWFUL = (
    "NOT EXISTS (SELECT 1 FROM breachreg_entry AS purge JOIN breachreg_entry AS purged ON purged.number = NEW.entry_id"
    " WHERE purge.number = NEW.purged_by_entry_id AND purge.action = 'retention.purged'"
    " AND purge.organisation_id = purged.organisation_id AND purge.number > purged.number"
    " AND purged.action <> 'retention.purged')"
)
REFUSALS = [
    Refusal("leave_is_lawful", LEAVE, "INSERT", "leave to remove words comes from the entry of a purge only", UNLAWFUL),
    Refusal("leave_stays", LEAVE, "UPDATE", "what a purge removed is never changed"),
    Refusal("leave_remains", LEAVE, "DELETE", "what a purge removed is never forgotten"),
    Refusal("tombstone_stays", TOMBSTONE, "UPDATE", "what is left of a purged incident is never changed"),
    Refusal("tombstone_remains", TOMBSTONE, "DELETE", "what is left of a purged incident is never deleted"),
]
install = partial(_refusals.install, refusals=REFUSALS)
remove = partial(_refusals.remove, refusals=REFUSALS)


class Migration(migrations.Migration):
    dependencies = [("breachreg", "0003_sealed_notifications")]
    operations = [_refusals.run(install, remove)]
