"""The desk as a list: searched, filtered, paged, and several opened cases decided with one disposition."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.core.errors import Unavailable
from portal.core.times import Time
from portal.web.case import spare
from portal.web.official.desk import SIZE
from tests.support.browser_without_javascript import Page
from tests.support.office import FIRST, FORWARD, KABID, KADIS, MORNING, Office, Person

CHECK = "/meja/bersama/periksa"


def rows(page: Page) -> list[str]:
    found = page.html.xpath("//ul[starts-with(@class, 'rows')]/li")
    return [" ".join(each.text_content().split()) for each in found]


def ticks(page: Page) -> list[str]:
    return [str(value) for value in page.html.xpath("//input[@type='checkbox' and @name='pilih']/@value")]


def posts(who: Person, page: Page, action: str = "/meja", **typed: Any) -> Page:
    """The list's form, or the only form of another page, with what was typed and ticked."""
    csrf = page.html.xpath("//form//input[@name='csrf']/@value")[0]
    return who.page(who.browser.post(action, data={"csrf": csrf, **typed}, follow_redirects=True))


def kadis_with(office: Office, person: Callable[[str], Person], number: int, opened: int) -> tuple[Person, list[str]]:
    """The head of agency at his desk, with so many cases, of which he has opened some, each from the desk."""
    kadis, numbers = person(KADIS), [office.case() for _ in range(number)]
    page = kadis.get(office.desk_link(KADIS))
    for address in page.html.xpath("//ul[starts-with(@class, 'rows')]//a/@href")[:opened]:
        assert kadis.get(address).status == 200
    return kadis, numbers


def chosen_together(office: Office, person: Callable[[str], Person], number: int) -> tuple[Person, list[str], Page]:
    """As many cases, opened and ticked, on the page on which they are read once more."""
    kadis, numbers = kadis_with(office, person, number, number)
    desk = kadis.get("/meja")
    return kadis, numbers, posts(kadis, desk, CHECK, pilih=ticks(desk))


def sends(who: Person, page: Page, **differently: Any) -> Page:
    """The disposition of the page on which the cases are read once more."""
    form = page.form("/meja/bersama")
    said: dict[str, Any] = {"pilih": page.html.xpath("//input[@name='pilih']/@value"), "tindakan": "forward"}
    return who.page(who.browser.post(form.action, data={"csrf": form.fields["csrf"], **said, **FORWARD, **differently}))


def outcomes(page: Page) -> list[str]:
    return [" ".join(each.text_content().split()) for each in page.html.xpath("//ul[@class='rows']/li")]


def test_the_list_is_found_by_name_number_ticket_and_step_and_no_name_stays_in_an_address(
    office: Office, person: Callable[[str], Person]
) -> None:
    other = office.case(nama_ktp="BUDI LAIN", email="budi@tarakankota.go.id", nip="198001012005011001")
    booked, sent = office.case("attend"), office.case("accept")
    kadis, verifikator = person(KADIS), person(FIRST)
    page = kadis.get(office.desk_link(KADIS))
    for typed in ("budi", "LAIN budi", other, other.lower(), "198001012005011001", "0501 1001"):
        found = posts(kadis, page, cari=typed)
        assert (found.url, [other in row for row in rows(found)]) == ("/meja", [True]), typed
    none = posts(kadis, page, cari="Tidak Ada")
    assert rows(none) == []
    assert "Tidak ada yang cocok di antara 1 permohonan" in none.text
    assert none.html.xpath("//input[@name='cari']/@value") == ["Tidak Ada"]

    page = verifikator.get(office.desk_link(FIRST))
    places = page.html.xpath("//select[@name='langkah']/option/@value")
    assert places[0] == ""
    by_place = {place: rows(posts(verifikator, page, langkah=place)) for place in places[1:]}
    assert sorted(len(found) for found in by_place.values()) == [1, 1]
    assert {number for found in by_place.values() for number in (booked, sent) if number in found[0]} == {booked, sent}
    assert page.html.xpath("//button[contains(., 'yang dipilih')]") == []


def test_a_visit_that_is_over_and_not_recorded_is_told_as_such(office: Office, person: Callable[[str], Person]) -> None:
    number = office.case("attend")
    slot, verifikator = office.load(number).slot, person(FIRST)
    assert slot
    verifikator.get(office.desk_link(FIRST))
    assert "Pemohon datang" in rows(verifikator.get("/meja"))[0]
    office.clock.at = slot + timedelta(minutes=1)
    verifikator.get(office.desk_link(FIRST))
    assert "belum dicatat" not in verifikator.get("/meja").text  # whoever comes is still sitting there
    office.clock.at = slot + timedelta(days=1)
    verifikator.get(office.desk_link(FIRST))
    page = verifikator.get("/meja")
    (said,) = page.html.xpath("//ul[@class='rows']//*[contains(@class, 'attention-line')]")
    assert "Kunjungan Selasa, 24 November" in said.text_content()
    assert "belum dicatat" in said.text_content()
    assert "Pemohon datang" not in page.text


def test_the_list_is_paged_and_what_was_ticked_stays_ticked_on_every_page(
    office: Office, person: Callable[[str], Person]
) -> None:
    kadis, numbers = kadis_with(office, person, SIZE + 2, 2)
    first = kadis.get("/meja")
    assert (len(rows(first)), "Halaman 1 dari 2" in first.text) == (SIZE, True)
    second = posts(kadis, first, hal="2", pilih=ticks(first))
    assert len(rows(second)) == 2
    assert "2 permohonan lain yang Anda pilih" in second.text
    kept = second.html.xpath("//input[@type='hidden' and @name='pilih']/@value")
    assert len(kept) == 2
    back = posts(kadis, second, hal="1", pilih=kept)
    assert len(back.html.xpath("//input[@name='pilih' and @checked]")) == 2
    checked = posts(kadis, second, CHECK, pilih=kept)
    opened = {number for number in numbers if any(number in row for row in rows(first)[:2])}
    assert {number for number in numbers if number in checked.text} == opened


def test_nothing_is_sent_before_something_can_be_ticked(office: Office, person: Callable[[str], Person]) -> None:
    kadis, _ = kadis_with(office, person, 2, 0)
    page = kadis.get("/meja")
    assert (len(rows(page)), ticks(page), page.html.xpath("//*[contains(@class, 'ticking')]")) == (2, [], [])
    assert not page.html.xpath(f"//button[@formaction='{CHECK}']")
    kadis.get(page.html.xpath("//ul[@class='rows']//a/@href")[0])
    page = kadis.get("/meja")
    assert len(ticks(page)) == len(page.html.xpath(f"//button[@formaction='{CHECK}']")) == 1


def test_only_what_was_opened_here_and_has_not_changed_since_can_be_ticked(
    office: Office, person: Callable[[str], Person]
) -> None:
    kadis, _ = kadis_with(office, person, 3, 2)
    before = office.dump()
    desk = kadis.get("/meja")
    assert len(ticks(desk)) == 2
    assert ["Belum dibuka" in row for row in rows(desk)] == [False, False, True]
    assert ticks(person(KADIS).get(office.desk_link(KADIS))) == []
    assert office.dump() == before


def test_several_are_decided_with_one_disposition_each_on_its_own(
    office: Office, person: Callable[[str], Person]
) -> None:
    kadis, numbers, page = chosen_together(office, person, 3)
    assert all(number in page.text for number in numbers)
    assert {office.load(number).version for number in numbers} == {2}
    wrong = sends(kadis, page, instructions=[], note="Lekas.")
    assert (wrong.status, "Pilih sekurang-kurangnya satu arahan" in wrong.text, "Lekas." in wrong.text) == (
        422,
        True,
        True,
    )
    assert {office.load(number).version for number in numbers} == {2}

    done = sends(kadis, wrong)
    assert [("Tercatat" in each, "Kepala Bidang" in each) for each in outcomes(done)] == [(True, True)] * 3
    for number in numbers:
        event = office.load(number).events[-1]
        assert (event.action, event.actor.email, event.data["note"]) == ("forward", KADIS, FORWARD["note"])
        assert event.data["device"]
        assert office.load(number).first_damage() is None
    owed = [(notice.letter, notice.recipient) for notice in office.office.records.unsent()]
    assert owed.count(("turn", KABID)) == owed.count(("decided", KADIS)) == 3
    before = office.dump()
    assert outcomes(sends(kadis, page)) == outcomes(done)
    assert office.dump() == before
    assert "Tidak ada permohonan yang menunggu Anda" in kadis.get("/meja").text


def test_what_has_moved_on_or_is_refused_says_so_and_keeps_no_other(
    office: Office, person: Callable[[str], Person]
) -> None:
    kadis, numbers, page = chosen_together(office, person, 3)
    office.act(numbers[0], KADIS, "return", {"items": ["ktp"], "reason": "ktp_tidak_terbaca"})
    office.cases.withdraw(office.load(numbers[1]))
    done = sends(kadis, page)
    assert "1 dari 3 keputusan tercatat" in done.text
    said = {number: next(each for each in outcomes(done) if number in each) for number in numbers}
    assert "Sudah berubah" in said[numbers[0]]
    assert "sudah ditindaklanjuti oleh Kepala Dinas" in said[numbers[0]]
    assert "sudah ditindaklanjuti oleh Pemohon" in said[numbers[1]]
    assert "Tercatat" in said[numbers[2]]
    assert [office.load(number).version for number in numbers] == [3, 3, 3]
    assert "sudah berubah sejak Anda buka" in posts(kadis, page, CHECK, pilih=page_ticks(page)).text


def test_a_store_that_goes_away_in_the_middle_takes_nothing_back_and_says_what_is_left(
    office: Office, person: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    kadis, numbers, page = chosen_together(office, person, 3)
    commit, taken = office.office.records.commit, list[object]()

    def goes_away(*change: Any) -> Any:
        if taken:
            raise Unavailable("store_unavailable")
        taken.append(change)
        return commit(*change)

    with monkeypatch.context() as patch:
        patch.setattr(office.office.records, "commit", goes_away)
        said = sends(kadis, page)
    assert "1 dari 3 keputusan tercatat" in said.text
    assert sorted(office.load(number).version for number in numbers) == [2, 2, 3]
    again = sends(kadis, page)
    assert "3 dari 3 keputusan tercatat" in again.text
    assert {office.load(number).version for number in numbers} == {3}


def page_ticks(page: Page) -> list[str]:
    return [str(value) for value in page.html.xpath("//input[@name='pilih']/@value")]


@pytest.mark.parametrize("action", ["reject", "return", "forward ", "", "x"])
def test_nothing_but_what_the_office_says_is_decided_together(
    office: Office, person: Callable[[str], Person], action: str
) -> None:
    kadis, numbers, page = chosen_together(office, person, 2)
    said = {"tindakan": action, "reason": "di_luar_kewenangan", "items": ["ktp"]}
    refused = sends(kadis, page, **said)
    assert "0 dari 2 keputusan tercatat" in refused.text
    assert {office.load(number).version for number in numbers} == {2}


def test_ticks_of_another_person_or_of_nobody_choose_nothing(office: Office, person: Callable[[str], Person]) -> None:
    kadis, _, page = chosen_together(office, person, 1)
    office.case("dispatch")
    first = person(FIRST)
    desk = first.get(office.desk_link(FIRST))
    for pilih in ([], ["x"], page_ticks(page)):
        nothing = posts(first, desk, CHECK, pilih=pilih)
        assert (nothing.status, "Anda belum mencentang permohonan apa pun" in nothing.text) == (422, True)
    assert kadis.get("/meja/bersama").url == kadis.get(CHECK).url == "/meja"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, Time(0, "minutes")),
        (59, Time(59, "minutes")),
        (-59, Time(59, "minutes")),
        (60, Time(1, "hours")),
        (24 * 60, Time(7, "hours")),
        (2 * 24 * 60, Time(2, "working_days")),
    ],
)
def test_time_left_is_said_in_minutes_hours_or_working_days(office: Office, minutes: int, said: Time) -> None:
    due = MORNING + timedelta(minutes=60)
    assert spare(due, office.office.calendar, due + timedelta(minutes=minutes)) == said
