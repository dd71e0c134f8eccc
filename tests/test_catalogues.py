"""Every text of the interface has its French, and what collects the texts misses none."""

import polib
import pytest
from django.conf import settings

from breachreg import catalogues
from breachreg.catalogues import Message, Room, messages_of_python, messages_of_template, troubles_of

ROOMS = ("register", "web")


@pytest.mark.parametrize("name", settings.ROOMS)
def test_every_text_of_the_room_is_translated(name):
    assert "\n".join(catalogues.troubles([Room(name, settings.BASE_DIR, settings.ROOMS)], "fr")) == ""


def test_one_text_has_one_translation_in_all_rooms():
    rooms = [Room(name, settings.BASE_DIR, settings.ROOMS) for name in settings.ROOMS]
    assert [trouble for trouble in catalogues.troubles(rooms, "fr") if "agree on one" in trouble] == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from django.utils.translation import gettext as _\n_('a' ' b')", Message("a b")),
        ("from django.utils.translation import gettext_lazy\ndef f():\n    gettext_lazy('a')", Message("a")),
        ("from django.utils.translation import pgettext as p\np('c', 'a')", Message("a", "c")),
        ("from django.utils.translation import ngettext as n\nn('a', 'b', 2)", Message("a", "", "b")),
        ("from django.utils import translation\ntranslation.gettext('a')", Message("a")),
    ],
)
def test_texts_in_python_are_found_under_any_name(source, expected):
    assert list(messages_of_python(source, "a.py")) == [expected]


@pytest.mark.parametrize("source", ["_('a')", "from django.utils.translation import gettext as _\n_(label)"])
def test_what_is_no_literal_text_is_left_alone(source):
    assert list(messages_of_python(source, "a.py")) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% load i18n %}{% translate 'It’s 100%' %}", Message("It’s 100%%")),
        ("{% translate 'a' context 'c' %}", Message("a", "c")),
        ("{{ x|default:_('a') }}", Message("a")),
        ("{% blocktranslate trimmed %}\n a {{ x }}\n b{% endblocktranslate %}", Message("a %(x)s b")),
        ("{% blocktranslate count n=x %}a{% plural %}b{% endblocktranslate %}", Message("a", "", "b")),
    ],
)
def test_texts_in_templates_are_found_as_django_looks_them_up(source, expected):
    assert list(messages_of_template(source, "a.html")) == [expected]


def entry(text: str, translation: str, **more) -> polib.POEntry:
    return polib.POEntry(msgid=text, msgstr=translation, **more)


@pytest.mark.parametrize(
    ("translation", "trouble"),
    [
        ("", "has no translation"),
        ("Bonjour", "placeholders differ"),
        ("%(name)s : bonjour", "non-breaking"),
        ("Bonjour %(name)s!", "no non-breaking space"),
        ("« %(name)s »", "non-breaking"),
        ("“%(name)s”", "quotation marks"),
    ],
)
def test_a_poor_translation_is_refused(translation, trouble):
    assert any(trouble in found for found in troubles_of(entry("Hello %(name)s", translation), "fr"))


def test_a_fuzzy_translation_is_refused():
    assert list(troubles_of(entry("Hello", "Bonjour", flags=["fuzzy"]), "fr")) == [
        "fuzzy; check it and remove the mark"
    ]


@pytest.mark.parametrize(
    "translation",
    [
        "Qui\u00a0: «\u00a0%(name)s\u00a0»\u202f?",
        '<a href="https://example.org/?a=1">%(name)s</a>',
        "%(name)s &amp; à 12:30",
    ],
)
def test_a_good_translation_is_accepted(translation):
    assert list(troubles_of(entry("Who: %(name)s", translation), "fr")) == []


@pytest.fixture
def house(tmp_path):
    """A small project with one room, one shared template and a text in each."""
    (tmp_path / "breachreg/register").mkdir(parents=True)
    (tmp_path / "templates/parts").mkdir(parents=True)
    write(tmp_path, "breachreg/register/views.py", "from django.utils.translation import gettext as _\n_('Report')\n")
    write(tmp_path, "templates/parts/clock.html", "{% load i18n %}{% translate 'Report' %}")
    return tmp_path


def write(root, name, text):
    (root / name).write_text(text, encoding="utf-8")


def test_a_translation_survives_an_update_and_an_unused_one_is_dropped(house):
    room = Room("register", house, ROOMS)
    catalogues.update(room, "fr", {})
    file = room.catalogue("fr")
    text = file.read_text(encoding="utf-8").replace('msgid "Report"\nmsgstr ""', 'msgid "Report"\nmsgstr "Signaler"')
    file.write_text(text + '\nmsgid "Gone"\nmsgstr "Parti"\n', encoding="utf-8")
    assert catalogues.update(room, "fr", {}) == []
    assert {message.text: e.msgstr for message, e in catalogues.read(file).items()} == {"Report": "Signaler"}


def test_a_text_that_moves_to_another_room_keeps_its_translation(house):
    assert catalogues.update(Room("web", house, ROOMS), "fr", {Message("Report"): entry("Report", "Signaler")}) == []


def test_an_update_without_news_leaves_the_file_untouched(house):
    room = Room("register", house, ROOMS)
    catalogues.update(room, "fr", {})
    before = room.catalogue("fr").stat().st_mtime_ns
    catalogues.update(room, "fr", {})
    assert room.catalogue("fr").stat().st_mtime_ns == before


def test_the_check_names_what_is_missing_unused_and_contradictory(house):
    for name, said in (("register", "Signaler"), ("web", "Rapporter")):
        room = Room(name, house, ROOMS)
        catalogues.update(room, "fr", {Message("Report"): entry("Report", said)})
    write(house, "breachreg/register/forms.py", "from django.utils.translation import gettext\ngettext('New')\n")
    write(house, "templates/parts/clock.html", "")
    found = catalogues.troubles([Room(name, house, ROOMS) for name in ROOMS], "fr")
    assert [trouble.split("; ")[0] for trouble in found] == [
        "register: “New” is not in the catalogue",
        "web: “Report” is used nowhere",
        "web: “Report” is “Rapporter” here and “Signaler” in register",
    ]


def test_only_stale_catalogues_are_compiled(house):
    room = Room("register", house, ROOMS)
    catalogues.update(room, "fr", {Message("Report"): entry("Report", "Signaler")})
    assert catalogues.compile_stale(house) == [room.catalogue("fr").with_suffix(".mo")]
    assert catalogues.compile_stale(house) == []
