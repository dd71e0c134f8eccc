"""Answers with "not known yet" among them: None is unknown, and never 0, "" or today."""

from datetime import date, datetime, time
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.law.clock import LocalTimeKind, from_local, kind_of, start_of_day
from breachreg.web.widgets import CHECK, AmountInput, DayInput, InstantInput, UnknownableInput
from breachreg.web.zones import place_of

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"]


class Amount(NamedTuple):
    """A number known more or less; each of the three may be None."""

    low: int | None
    likely: int | None
    high: int | None


class AmountField(forms.MultiValueField):
    """At least, most likely, at most. Gives an Amount, or None when nothing was typed."""

    widget = AmountInput
    default_error_messages = {
        "order": _("Put them in order: at least ≤ most likely ≤ at most."),
        "incomplete": _("Enter whole numbers."),
    }

    def __init__(self, **kwargs):
        whole = {"required": False, "min_value": 0, "max_value": 2_147_483_647}
        message = {"min_value": _("Enter 0 or more."), "invalid": _("Enter a whole number, without words.")}
        parts = [forms.IntegerField(**whole, error_messages=message) for part in range(3)]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, values) -> Amount | None:
        known = [value for value in values if value is not None]
        if known != sorted(known):
            raise ValidationError(self.error_messages["order"], code="order")
        return Amount(*values) if known else None


class InstantField(forms.MultiValueField):
    """A day and a time read on a clock in the zone in force. Gives an aware instant in UTC, or None.

    An hour that existed twice is asked for; one that never existed is refused with the reason. Without a time, the
    instant is 00:00 of the day when `day_is_enough`, which never gives more time than there was.
    """

    widget = InstantInput
    default_error_messages = {
        "incomplete": _("Enter a day and a time."),
        "time": _("Enter the time as well, such as 17:05."),
    }

    def __init__(self, *, day_is_enough: bool = False, **kwargs):
        self.day_is_enough = day_is_enough
        day = forms.DateField(
            required=False, input_formats=DAY_FORMATS, error_messages={"invalid": _("Enter a day such as 23/10/2026.")}
        )
        hour = forms.TimeField(
            required=False, input_formats=TIME_FORMATS, error_messages={"invalid": _("Enter a time such as 17:05.")}
        )
        super().__init__([day, hour, forms.IntegerField(required=False)], require_all_fields=False, **kwargs)

    def compress(self, values) -> datetime | None:
        day, hour, reading = (list(values) + [None] * 3)[:3]
        if day is None and hour is None:
            return None
        if day is None:
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        return self._instant(day, hour, reading)

    def _instant(self, day: date, hour: time | None, reading: int | None) -> datetime:
        zone = timezone.get_current_timezone()
        if hour is None and self.day_is_enough:
            return start_of_day(day, zone)
        if hour is None:
            raise ValidationError(self.error_messages["time"], code="time")
        local = datetime.combine(day, hour)
        kind = kind_of(local, zone)
        if kind is LocalTimeKind.NON_EXISTENT:
            raise ValidationError(self._skipped(local, zone), code="skipped")
        if kind is LocalTimeKind.AMBIGUOUS and reading not in (0, 1):
            raise ValidationError(self._twice(local, zone), code="twice")
        return from_local(local, zone, second_time=reading == 1).instant

    def _skipped(self, local: datetime, zone) -> str:
        words = {"time": f"{local:%H:%M}", "place": place_of(zone.key)}
        return _t("%(time)s did not exist on that day in %(place)s: the clocks went forward. Check the time.") % words

    def _twice(self, local: datetime, zone) -> str:
        words = {"time": f"{local:%H:%M}", "place": place_of(zone.key)}
        return _t("%(time)s happened twice on that day in %(place)s: the clocks went back. Choose which one.") % words


class UnknownableField(forms.MultiValueField):
    """Another field with a box "Not known yet". Gives the field's value, or None when it is not known.

    When an answer is required, saying that it is not known is one.
    """

    default_error_messages = {
        "unanswered": _("Answer, or tick “Not known yet”."),
        "both": _("You answered and ticked “Not known yet”: keep one of the two."),
    }

    def __init__(self, field: forms.Field, *, required: bool = False, **kwargs):
        kwargs.setdefault("label", field.label)
        kwargs.setdefault("help_text", field.help_text)
        field.required = False
        field.widget.is_required = False
        self.answer = field
        super().__init__(
            [field, forms.BooleanField(required=False)],
            widget=UnknownableInput(field.widget), require_all_fields=False, required=False, **kwargs,
        )
        self.must_answer = required

    def __deepcopy__(self, memo):
        copy = super().__deepcopy__(memo)
        copy.answer = copy.fields[0]
        copy.answer.widget = copy.widget.answer
        return copy

    def clean(self, value):
        typed, not_known = (value or [None, False])[:2]
        answer = self.answer.clean(typed)
        empty = answer is None or answer == "" or answer == []  # () is an answer: none of them
        if not_known and not empty:
            raise ValidationError(self.error_messages["both"], code="both")
        if empty and not not_known and self.must_answer:
            raise ValidationError(self.error_messages["unanswered"], code="unanswered")
        return None if empty else answer

    def has_changed(self, initial, data):
        typed, _not_known = (data or [None, False])[:2]
        return self.answer.has_changed(initial, typed)


class CodesChoiceField(forms.MultipleChoiceField):
    """Several codes of a vocabulary. Gives a tuple; () only when `none_label` was offered and ticked, otherwise None."""

    NONE = "none_of_them"
    widget = forms.CheckboxSelectMultiple(CHECK)

    def __init__(self, *, choices=(), none_label=None, **kwargs):
        self.offers_none = none_label is not None
        if self.offers_none:
            choices = [*choices, (self.NONE, none_label)]
        super().__init__(choices=choices, **kwargs)

    def prepare_value(self, value):
        return [self.NONE] if value == () and self.offers_none else value

    def clean(self, value):
        codes = super().clean(value)
        if self.NONE in codes and len(codes) > 1:
            raise ValidationError(_t("You ticked “none of them” and something else: keep one of the two."), code="none")
        if self.NONE in codes:
            return ()
        return tuple(codes) or None


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not known yet. Gives True, False or None."""

    widget = forms.RadioSelect(CHECK)

    def __init__(self, **kwargs):
        answers = [("yes", _("Yes")), ("no", _("No")), ("unknown", _("Not known yet"))]
        super().__init__(choices=answers, coerce={"yes": True, "no": False, "unknown": None}.get, empty_value=None, **kwargs)

    def prepare_value(self, value):
        return {True: "yes", False: "no", None: "unknown"}.get(value, value)


def day_field(**kwargs) -> forms.DateField:
    """A day, chosen from the browser's calendar or typed."""
    message = {"invalid": _("Enter a day such as 23/10/2026.")}
    return forms.DateField(widget=DayInput(), input_formats=DAY_FORMATS, error_messages=message, **kwargs)
