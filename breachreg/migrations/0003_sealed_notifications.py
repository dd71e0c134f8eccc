"""A frozen version and a sealed document are never changed: the database itself refuses, whatever program asks.

Deleting is left to a lawful purge of the whole incident; until then the foreign keys hold the rows.
"""

from functools import partial

from django.db import migrations

from breachreg.migrations import _refusals
from breachreg.migrations._refusals import Refusal

SENT = "UPDATE OF text, sha256, sent_at, channel, controller, people_count, extract"
REFUSALS = [
    Refusal("version_stays", "breachreg_version", "UPDATE", "a frozen version of a notification is never changed"),
    Refusal("seal_stays", "breachreg_seal", "UPDATE", "a sealed document is never changed"),
    Refusal("decision_file_stays", "breachreg_decisionfile", "UPDATE", "a sealed document is never changed"),
    Refusal("sent_notice_stays", "breachreg_controllernotice", SENT, "a notice that was sent is never changed", "OLD.sent_at IS NOT NULL"),
]


class Migration(migrations.Migration):
    dependencies = [("breachreg", "0002_triggers")]
    operations = [_refusals.run(partial(_refusals.install, refusals=REFUSALS), partial(_refusals.remove, refusals=REFUSALS))]
