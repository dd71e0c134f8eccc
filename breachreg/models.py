"""The index of the tables, in the order in which data flows (docs/architecture.md)."""

from breachreg.audit.models import *  # noqa: F403
from breachreg.accounts.models import *  # noqa: F403
from breachreg.register.models import *  # noqa: F403
from breachreg.mailboxes.models import *  # noqa: F403
from breachreg.notifications.models import *  # noqa: F403
from breachreg.letters.models import *  # noqa: F403
from breachreg.exports.models import *  # noqa: F403
from breachreg.api.models import *  # noqa: F403
