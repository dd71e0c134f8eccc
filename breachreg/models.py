"""The index of the tables, in the order in which data flows (docs/architecture.md)."""

from breachreg.audit.models import *
from breachreg.accounts.models import *
from breachreg.register.models import *
from breachreg.register.playbooks.models import *
from breachreg.mailboxes.models import *
from breachreg.mailboxes.indicators.models import *
from breachreg.mailboxes.examinations.models import *
from breachreg.notifications.models import *
from breachreg.letters.models import *
from breachreg.scrutiny.models import *
from breachreg.letters.run_models import *
from breachreg.letters.post_models import *
from breachreg.letters.bounce_models import *
from breachreg.desk.models import *
from breachreg.exports.models import *
from breachreg.retention.models import *
