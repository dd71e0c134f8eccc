"""Encrypted files that no row names: what a worker left that died between the file and its row. They go after a day."""

from datetime import datetime, timedelta

from breachreg.letters import sealedfiles
from breachreg.letters.models import RecipientImport
from breachreg.letters.post_models import Batch

AFTER = timedelta(days=1)
"""Longer than any work takes between a file and its row."""

NAMED_BY = ((RecipientImport, "location"), (RecipientImport, "refusals_location"), (Batch, "location"))


def remove_due(at: datetime) -> int:
    """Remove the files that no row names and that are older than a day; how many went."""
    limit = (at - AFTER).timestamp()
    old = [path for path in sealedfiles.folder().iterdir() if path.stat().st_mtime < limit]
    named = {name for model, column in NAMED_BY for name in model.objects.filter(**{f"{column}__in": [p.name for p in old]}).values_list(column, flat=True)} if old else set()
    strays = [path for path in old if path.name not in named]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
