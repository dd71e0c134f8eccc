"""How the answers are typed in. A widget of several controls asks for a fieldset (templates/bootstrap5/field.html)."""

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from breachreg.law.clock import LocalTimeKind, kind_of
from breachreg.web.zones import local, offset_words, zone_name

CHECK = {"class": "form-check-input"}
CONTROL = {"class": "form-control"}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__({**CONTROL, **(attrs or {})}, format="%Y-%m-%d")


class TimeOfDayInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__({**CONTROL, **(attrs or {})}, format="%H:%M")


class InstantInput(forms.MultiWidget):
    """A day, a time, and, only when that hour existed twice, which of the two."""

    template_name = "parts/widgets/instant.html"
    use_fieldset = True


    def __init__(self, attrs=None):
        super().__init__({"day": DayInput(), "time": TimeOfDayInput(), "reading": forms.HiddenInput()}, attrs)

    def decompress(self, value):
        if value is None:
            return [None, None, None]
        reading = local(value)
        return [reading.date(), reading.time().replace(second=0, microsecond=0), reading.fold]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"zone_name": zone_name(), "readings": self._readings(value)}
        return context

    def _readings(self, value) -> list[dict]:
        """The two readings of an hour that existed twice, as choices; empty for every other hour."""
        day, hour, reading = value if isinstance(value, list) else self.decompress(value)
        typed = _typed_local(day, hour)
        zone = timezone.get_current_timezone()
        if typed is None or kind_of(typed, zone) is not LocalTimeKind.AMBIGUOUS:
            return []
        return [{**choice, "is_chosen": str(choice["value"]) == str(reading)} for choice in both_readings(typed, zone)]


class AmountInput(forms.MultiWidget):
    """Three numbers: at least, most likely, at most."""

    template_name = "parts/widgets/amount.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        number = {**CONTROL, "min": 0, "step": 1, "inputmode": "numeric"}
        super().__init__({part: forms.NumberInput(number) for part in ("low", "likely", "high")}, attrs)

    def decompress(self, value):
        return list(value) if value else [None, None, None]


class UnknownableInput(forms.MultiWidget):
    """Any widget, and a box to tick when the answer is not known yet. The widget keeps the field's own name."""

    template_name = "parts/widgets/unknownable.html"

    def __init__(self, widget, attrs=None):
        super().__init__({"": widget, "unknown": forms.CheckboxInput(CHECK)}, attrs)

    def decompress(self, value):
        return value if isinstance(value, list) else [value, False]

    @property
    def answer(self) -> forms.Widget:
        return self.widgets[0]

    @property
    def use_fieldset(self) -> bool:
        return self.answer.use_fieldset

    def id_for_label(self, id_):
        return f"{id_}_0" if id_ else id_


def first_id_suffix(widget) -> str:
    """What to add to the id of a field to reach its first control, so that an error can link to it."""
    if isinstance(widget, forms.MultiWidget):
        return "_0" + first_id_suffix(widget.widgets[0])
    return "_0" if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)) else ""


def both_readings(reading: datetime, zone) -> list[dict]:
    """The two instants that a clock in `zone` showed with the same digits, as choices."""
    labels = (_("the first time (%(offset)s)"), _("the second time (%(offset)s)"))
    return [
        {"value": fold, "label": label % {"offset": offset_words(reading.replace(tzinfo=zone, fold=fold))}}
        for fold, label in enumerate(labels)
    ]


def _typed_local(day, hour) -> datetime | None:
    """The reading of the clock that was typed, None when it is not whole or no date."""
    try:
        day = parse_date(day) if isinstance(day, str) else day
        hour = parse_time(hour) if isinstance(hour, str) else hour
    except ValueError:
        return None
    return datetime.combine(day, hour) if isinstance(day, date) and isinstance(hour, time) else None


def dress(widget: forms.Widget) -> None:
    """Give a plain Django widget the class that our style sheet dresses."""
    if isinstance(widget, forms.MultiWidget):
        for part in widget.widgets:
            dress(part)
    elif isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
        _add_class(widget, CHECK["class"])
    elif not widget.is_hidden:
        _add_class(widget, "form-select" if isinstance(widget, forms.Select) else CONTROL["class"])


def _add_class(widget: forms.Widget, name: str) -> None:
    classes = widget.attrs.get("class", "").split()
    widget.attrs["class"] = " ".join(dict.fromkeys([*classes, name]))
