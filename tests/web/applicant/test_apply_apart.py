"""Two people in two tabs of one browser, whose drafts were one as long as neither had said anything."""

from tests.support.applying import ANSWERS, Page, World

WATI = {"nama_ktp": "WATI CONTOH", "nik": ANSWERS["nik"]}
PART = "/data"


def test_whoever_is_told_that_another_was_faster_may_go_on_apart(world: World) -> None:
    browser = world.applicant()
    begun = browser.get("/ajukan").form("/ajukan")
    siti, wati = (browser.post("/ajukan", {**begun, "diisi_oleh": "sendiri"}) for _ in range(2))
    assert siti.path == wati.path

    def send(page: Page, **typed: str) -> Page:
        return browser.post(page.action(PART), {**page.form(PART), **typed})

    def names() -> list[str]:
        drafts = world.house.office.records.drafts_before(world.clock.now.replace(year=2100))
        return [draft.form.get("nama_ktp", "") for draft in drafts]

    send(siti, nama_ktp="SITI CONTOH", nik=ANSWERS["nik"])
    told = send(wati, **WATI)
    assert told.status == 409
    assert "Simpan sebagai permohonan lain" in told.text
    again = send(told, **{**WATI, "nama_ktp": "", "tindakan": "lain"})
    assert (again.status, names()) == (422, ["SITI CONTOH"]), "nothing begins with what cannot be"
    apart = send(again, **WATI, tindakan="lain")
    assert sorted(names()) == ["SITI CONTOH", "WATI CONTOH"]
    assert apart.path.split("/")[2] != siti.path.split("/")[2]
    send(again, **WATI, tindakan="lain")
    assert sorted(names()) == ["SITI CONTOH", "WATI CONTOH"], "a second click begins no third"
    for page, name in ((siti, "SITI CONTOH"), (apart, "WATI CONTOH")):
        shown = browser.get(f"/ajukan/{page.path.split('/')[2]}/data/diri")
        assert shown.form(PART)["nama_ktp"] == name


def test_the_same_tab_without_such_a_page_begins_nothing_apart(world: World) -> None:
    browser = world.applicant()
    page = browser.post("/ajukan", {**browser.get("/ajukan").form("/ajukan"), "diisi_oleh": "sendiri"})
    browser.post(page.action(PART), {**page.form(PART), **WATI, "tindakan": "lain"})
    drafts = world.house.office.records.drafts_before(world.clock.now.replace(year=2100))
    assert len([*drafts]) == 1
