"""The demo's lists: the files in the repository are those that the script makes, and a customer could upload them."""

from collections import Counter
from pathlib import Path

import pytest

from demo import make_list
from exchange_domain.importing import ImportOptions, open_workbook, preview, read_contacts
from exchange_domain.importing.result import ImportResult

ROOT = Path(__file__).parents[2]
LISTS = [(folder, name) for folder, name, _ in make_list.FILES]


def read(folder: str, name: str) -> ImportResult:
    options = ImportOptions(default_prefix="+7-812")
    workbook = open_workbook((ROOT / "demo" / folder / name).read_bytes(), name)
    return read_contacts(workbook, None, preview(workbook, rules=options.rules).proposed_mapping, options)


def test_the_files_are_those_that_the_script_makes(tmp_path: Path) -> None:
    assert make_list.main([str(tmp_path)]) == 0
    for folder, name in LISTS:
        assert (tmp_path / folder / name).read_bytes() == (ROOT / "demo" / folder / name).read_bytes(), name


@pytest.mark.parametrize(("folder", "name"), LISTS)
def test_every_row_becomes_a_contact(folder: str, name: str) -> None:
    result = read(folder, name)
    assert (result.rejected, result.duplicates, result.warnings) == ([], [], [])
    assert all(c.name and c.numbers[0].person_name and c.fields["Обращение"] for c in result.contacts)


def test_the_list_is_a_varied_one() -> None:
    contacts = read("furniture", make_list.CONTACTS).contacts
    assert len(contacts) == 60
    languages = Counter(c.fields["Язык"] for c in contacts)
    assert languages["русский"] > 40 and languages["English"] >= 8
    assert sum(len(c.numbers) == 2 for c in contacts) >= 8
    assert any(len({n.person_name for n in c.numbers}) == 2 for c in contacts)
    assert len({c.time_zone for c in contacts}) >= 5


def test_all_numbers_are_of_the_fictional_form() -> None:
    for folder, name in LISTS:
        for contact in read(folder, name).contacts:
            for number in contact.numbers:
                assert number.e164[-7:-2] == "55501", number


def test_every_played_way_a_call_can_go_is_in_the_list() -> None:
    endings = {n.e164[-2:] for c in read("furniture", make_list.CONTACTS).contacts for n in c.numbers}
    assert {"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "18", "19"} <= endings
    first_ten = [c.numbers[0].e164[-2:] for c in read("furniture", make_list.CONTACTS).contacts][:10]
    assert {"00", "02", "03"} <= set(first_ten), "soon an answer, a busy line, and nobody at home"
