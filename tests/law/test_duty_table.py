"""A table of duties that a lawyer corrects can't become milder by a slip, and the complaint names the line."""

import pytest

from breachreg.law import duty_table
from breachreg.law.datafile import DATA, BadData, DataFile
from breachreg.law.duty_table import Duty

R, N, T = "register_only", "notify", "notify_and_tell"


def row(*duties):
    return "[" + ", ".join(f'"{each}"' for each in duties) + "]"


MILDER = [
    ("open", f"gravity_1 = {row(N, N, T)}", f"gravity_1 = {row(R, R, N)}", "gravity_1, large: “register_only” is milder"),
    ("trusted", f"gravity_4 = {row(N, N, N)}", f"gravity_4 = {row(R, N, N)}", "gravity_4, small: “register_only” is milder"),
    ("trusted", f"gravity_1 = {row(R, N, N)}", f"gravity_1 = {row(N, R, N)}", "gravity_1, large: “register_only” is milder"),
    ("trusted", f"gravity_1 = {row(R, N, N)}", f"gravity_1 = {row(R, N)}", "three duties are expected, not 2"),
    ("trusted", f"gravity_1 = {row(R, N, N)}", f"gravity_1 = {row(R, N, 'tell')}", "“tell” is not a duty; duties: register_only, notify, notify_and_tell"),
    ("hostile", f"gravity_2 = {row(T, T, T)}\n", "", "hostile has no “gravity_2”"),
    ("with_effort", f"duty = {row(R, N, T)}", f"duty = {row(R, T, N)}", "a row may not be milder than the one above, nor fall from left to right"),
    ("never", f"duty = {row(N, N, T)}", f"duty = {row(R, R, T)}", "a row may not be milder than the one above"),
    ("never", f"duty = {row(N, N, T)}", f"duty = {row(N, N)}", "three duties are expected, not 2"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "old", "new", "message"), MILDER)
def test_a_slip_in_a_table_is_found_at_its_entry(tmp_path, code, old, new, message):
    text = (DATA / "duty.toml").read_text(encoding="utf-8")
    place = text.index(old, text.index(f'code = "{code}"'))
    path = tmp_path / "duty.toml"
    path.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")
    line = text.count("\n", 0, text.index(f'code = "{code}"'))
    with pytest.raises(BadData) as caught:
        duty_table.read(DataFile(path))
    assert str(caught.value).startswith(f"duty.toml:{line}: {message}")


@pytest.mark.parametrize("up_to", ["", "up_to = 100\n", "up_to = 0\n"])
def test_the_scales_rise(tmp_path, up_to):
    text = (DATA / "duty.toml").read_text(encoding="utf-8")
    path = tmp_path / "duty.toml"
    path.write_text(text.replace("up_to = 5000\n", up_to), encoding="utf-8")
    with pytest.raises(BadData, match=r": every \[\[scale\]\] but the last has an “up_to”, above the one before$"):
        duty_table.read(DataFile(path))


def test_the_tables_as_they_are_read():
    tables = duty_table.load()
    assert tables.tipping_counts == (10, 1000, 10000)
    assert tables.sources["trusted"].startswith("EDPB Guidelines 9/2022, IV.B")
    assert Duty.of("notify") is Duty.NOTIFY
    assert [tables.scale_of(people) for people in (0, 100, 101, 5000, 5001)] == [0, 0, 1, 1, 2]
