"""What the access matrix needs: one line for each address, and a world in which every address has something to show.

Each room writes its lines in ``tests/<room>/access.py``::

    LINES = {"letters": Line(get=READERS, args=lambda world: [world.incident.reference])}

    def furnish(world): ...     # optional: adds what the addresses need, through the actions

``get`` and ``post`` name the roles that are answered; everybody else of the organisation is refused (403), and whoever
belongs to another organisation finds nothing (404), also at their own address with a foreign reference or number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

REPORTER, DPO, LEGAL, AUDITOR, ADMINISTRATOR = ROLES = ("reporter", "dpo", "legal_reviewer", "auditor", "administrator")
NOBODY: frozenset[str] = frozenset()
EVERYBODY = frozenset(ROLES)
READERS = frozenset({DPO, LEGAL, AUDITOR})
DPOS = frozenset({DPO})


@dataclass(frozen=True)
class Line:
    """Who is answered at an address. ``args`` gives what follows the organisation in it; ``data`` what is posted.

    ``finds_nothing`` names the roles that have such an address for things of their own, and get 404 for this one.
    """

    get: frozenset[str] = NOBODY
    post: frozenset[str] = NOBODY
    args: Callable[[SimpleNamespace], list] = field(default=lambda world: [])
    data: dict = field(default_factory=dict)
    finds_nothing: frozenset[str] = NOBODY


@dataclass(frozen=True)
class OutsideOrganisations:
    """An address that belongs to the person or to everybody; ``needs_sign_in`` says which."""

    needs_sign_in: bool


PUBLIC = OutsideOrganisations(needs_sign_in=False)
PERSONAL = OutsideOrganisations(needs_sign_in=True)
