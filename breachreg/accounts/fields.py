"""A column for a set of codes of a vocabulary, in which "unknown" and "none" are different values."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from breachreg.law import vocabulary

SEPARATOR = "|"


class CodesField(models.TextField):
    """Codes of one vocabulary, kept in its order; ``None`` is unknown and ``()`` is "none of them".

    Stored as ``|code|code|`` in one text column, so that a row's history is one value and a filter is the same
    on SQLite and PostgreSQL (``natures__has="confidentiality"``).
    """

    def __init__(self, *args, vocabulary: str, **kwargs):
        self.vocabulary = vocabulary
        kwargs.update(null=True, blank=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["null"], kwargs["blank"]
        return name, path, args, {**kwargs, "vocabulary": self.vocabulary}

    def from_db_value(self, value, expression, connection):
        return self.to_python(value)

    def to_python(self, value) -> tuple[str, ...] | None:
        if value is None:
            return None
        codes = value.split(SEPARATOR) if isinstance(value, str) else value
        return self._in_order(code for code in codes if code)

    def get_prep_value(self, value) -> str | None:
        codes = self.to_python(value)
        return None if codes is None else SEPARATOR + "".join(code + SEPARATOR for code in codes)

    def value_from_object(self, obj):
        # A set that was just assigned in another order is the same set: the trail must not call that a change.
        return self.to_python(super().value_from_object(obj))

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))

    def validate(self, value, model_instance):
        """Refuse a code that the vocabulary does not have."""
        unknown = set(value or ()) - set(vocabulary.load(self.vocabulary).codes)
        if unknown:
            raise ValidationError(
                _("%(codes)s: not in the list “%(list)s”."),
                params={"codes": ", ".join(sorted(unknown)), "list": self.vocabulary},
            )

    def formfield(self, **kwargs):
        return None  # each form asks its question in its own words

    def _in_order(self, codes: Iterable[str]) -> tuple[str, ...]:
        order = {code: place for place, code in enumerate(vocabulary.load(self.vocabulary).codes)}
        return tuple(sorted(set(codes), key=lambda code: (order.get(code, len(order)), code)))


@CodesField.register_lookup
class Has(models.Lookup):
    """``natures__has="confidentiality"``: the set contains this code."""

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        wanted = SEPARATOR + str(self.rhs) + SEPARATOR
        escaped = wanted.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        return f"{column} LIKE %s ESCAPE '\\'", [*parameters, f"%{escaped}%"]
