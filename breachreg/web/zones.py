"""How a time zone is named to a person: by its place, and by its distance from UTC at that instant."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

PLACES = {
    "Indian/Reunion": pgettext_lazy("time zone", "La Réunion"),
    "Indian/Mayotte": pgettext_lazy("time zone", "Mayotte"),
    "America/Cayenne": pgettext_lazy("time zone", "Cayenne"),
    "Pacific/Noumea": pgettext_lazy("time zone", "Nouméa"),
    "America/Miquelon": pgettext_lazy("time zone", "Saint-Pierre-et-Miquelon"),
    "Europe/London": pgettext_lazy("time zone", "London"),
    "Europe/Brussels": pgettext_lazy("time zone", "Brussels"),
}


def place_of(key: str) -> str:
    """The place that a zone is called after, such as “Paris” for Europe/Paris."""
    return str(PLACES.get(key, key.rpartition("/")[2].replace("_", " ")))


def local(instant: datetime) -> datetime:
    """The instant as a clock reads it in the zone in force."""
    return instant.astimezone(timezone.get_current_timezone())


def zone_name() -> str:
    """The zone in force by its place alone, for a question whose instant is not known yet: “Paris time”."""
    key = timezone.get_current_timezone_name()
    return key if key == "UTC" else _("%(place)s time") % {"place": place_of(key)}


def zone_words(instant: datetime) -> str:
    """The zone in force, named, with its distance from UTC at that instant: “Paris time, UTC+2”."""
    key = timezone.get_current_timezone_name()
    if key == "UTC":
        return "UTC"
    return _("%(place)s time, %(offset)s") % {"place": place_of(key), "offset": offset_words(local(instant))}


def offset_words(reading: datetime) -> str:
    """The distance from UTC, such as “UTC+2” or “UTC−3:30”."""
    minutes = reading.utcoffset() // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
