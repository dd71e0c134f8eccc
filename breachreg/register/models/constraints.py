"""Constraints that many tables ask for, and their validation."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models, router
from django.db.models import F, Q, Value


class ChecksAtOnce(models.Model):
    """A row whose check constraints are validated in one query.

    Django makes one query for each, with every column of the row in it: on an incident, with ninety columns and eleven
    constraints, that took longer than all the rest of a change. Only where something is wrong do we take its way, which
    names the constraint.
    """

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Raises ValidationError where the row breaks a constraint; one about an excluded column is not asked."""
        if not self._holds(set(exclude or ())):
            super().validate_constraints(exclude)

    def _holds(self, exclude: set[str]) -> bool:
        using = router.db_for_write(type(self), instance=self)
        checks = [each for each in self._meta.constraints if isinstance(each, models.CheckConstraint)]
        asked = [each.condition for each in checks if exclude.isdisjoint(each.condition.referenced_base_fields)]
        columns = {name: self._meta.get_field(name) for rule in asked for name in rule.referenced_base_fields}
        values = {name: Value(getattr(self, column.attname), column) for name, column in columns.items()}
        try:
            for each in self._meta.constraints:
                if each not in checks:
                    each.validate(type(self), self, exclude=exclude, using=using)
        except ValidationError:
            return False
        return Q(*asked).check(values, using=using)


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
