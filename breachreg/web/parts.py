"""Small pieces that every template may use: an icon, an instant with its zone, a duration, a number."""

from datetime import date, datetime, timedelta

from django import forms, template
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from breachreg.web.clockface import in_words
from breachreg.web.dates import date_words, day_words
from breachreg.web.widgets import dress, first_id_suffix
from breachreg.web.zones import local, zone_words

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of static/img/icons.svg; it decorates the word next to it and is silent to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def instant(value: datetime, zone: bool = True, weekday: bool = False, short: bool = False) -> SafeString:
    """An instant in the zone in force, as a <time> element, with the zone named unless `zone` is False."""
    words = date_words(local(value), _pattern(weekday, short))
    shown = format_html('<time datetime="{}">{}</time>', value.isoformat(), words)
    return format_html('{} <span class="zone">({})</span>', shown, zone_words(value)) if zone else shown


@register.simple_tag
def day(value: date | datetime, short: bool = False) -> SafeString:
    """A day, or the local day of an instant, as a <time> element."""
    read = local(value) if isinstance(value, datetime) else value
    words = date_words(read, pgettext("format of a short day", "j M Y")) if short else day_words(read)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)


@register.filter
def month_after_day(value: date) -> str:
    """What follows the number of a day that stands by itself: “er juin” on the first of a French month, else “ juin”."""
    return date_words(value, "j F").removeprefix(str(value.day))


@register.filter
def duration(length: timedelta) -> str:
    """A length of time in words; the sign is left to the sentence."""
    return in_words(length)


@register.filter
def number(value: int) -> str:
    """A whole number, with its thousands set apart in the habit of the language."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def hour(value: datetime) -> str:
    """The time of day of an instant in the zone in force, in the habit of the language."""
    return formats.time_format(local(value), pgettext("format of a time of day", "H:i"))


def _pattern(weekday: bool, short: bool) -> str:
    if short:
        return pgettext("format of a short instant", "j M, H:i")
    if weekday:
        return pgettext("format of an instant with its weekday", "l j F Y, H:i")
    return pgettext("format of an instant", "j F Y, H:i")


@register.filter
def is_many(value) -> bool:
    """Whether a value is a list of values rather than one."""
    return isinstance(value, (list, tuple))


@register.filter
def is_one_box(field: forms.BoundField) -> bool:
    """Whether a field is a single box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def first_id(field: forms.BoundField) -> str:
    """The id of the first control of a field, for the links of the error summary."""
    return field.auto_id + first_id_suffix(field.field.widget)


@register.filter
def error_count(form: forms.BaseForm) -> int:
    """How many errors a form has."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def dressed(form: forms.BaseForm) -> forms.BaseForm:
    """A library's form, with the classes that our style sheet dresses."""
    form.use_required_attribute = False
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        dress(field.widget)
    return form


@register.filter
def percent(value: int) -> str:
    """A whole number of hundredths, with its sign in the habit of the language."""
    return gettext("%(number)d%%") % {"number": value}
