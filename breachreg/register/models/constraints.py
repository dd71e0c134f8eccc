"""Constraints that many tables ask for."""

from django.db import models
from django.db.models import F, Q


def together(name: str, *columns: str) -> models.CheckConstraint:
    """A constraint: these columns are all set or all empty."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{column}__isnull": True for column in columns})
        | Q(**{f"{column}__isnull": False for column in columns}),
    )


def in_order(name: str, *columns: str) -> list[models.CheckConstraint]:
    """Constraints: each known number is not greater than the next known one."""
    return [
        models.CheckConstraint(
            name=f"{name}_{low}_{high}"[-60:],
            condition=Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True}) | Q(**{f"{low}__lte": F(high)}),
        )
        for index, low in enumerate(columns)
        for high in columns[index + 1 :]
    ]
