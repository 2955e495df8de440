"""Who may open a draft, and that looking changes nothing."""

from datetime import timedelta

import pytest

from tests.support.applying import ANSWERS, World

# --- who may open a draft ----------------------------------------------------------------------------------------


def test_a_draft_stays_shut_without_its_cookie(world: World) -> None:
    draft, other = world.draft(), world.draft()
    for visitor in (world.applicant(), world.holder(other)):
        for step in ("", "/data", "/berkas", "/berkas/ktp/lihat", "/periksa", "/terkirim", "/tanda-terima"):
            page = visitor.get(f"/ajukan/{draft.id}{step}")
            assert page.status == 403
            assert "SITI" not in page.text
        assert visitor.post(f"/ajukan/{draft.id}/periksa", {"pernyataan": "ya"}).status == 403
    assert world.kept(draft) == draft


def test_the_cookie_of_a_draft_does_not_open_another_one(world: World) -> None:
    mine, hers = world.draft(), world.draft()
    siti = world.holder(mine)
    cookie = siti.client.get_cookie("draf", path=f"/ajukan/{mine.id}")
    assert cookie is not None
    siti.client.set_cookie("draf", cookie.value, path=f"/ajukan/{hers.id}")
    assert siti.get(f"/ajukan/{hers.id}/data").status == 403


def test_a_forged_link_is_refused_and_an_expired_one_leads_to_a_new_application(world: World) -> None:
    draft = world.draft()
    assert world.applicant().get(world.link(draft) + "x").status == 403
    foreign = world.house.office.links.sign("permohonan", {"d": draft.id}, world.clock() + timedelta(days=1))
    assert world.applicant().get(f"/ajukan/lanjut/{foreign}").status == 403
    link = world.link(draft)
    world.clock.now += timedelta(days=31)
    page = world.applicant().get(link)
    assert page.status == 404
    assert page.tree.xpath("//main//a[@href='/ajukan']")


def test_a_draft_past_its_days_is_gone_for_its_holder_too(world: World) -> None:
    draft = world.draft()
    world.clock.now += timedelta(days=29, hours=20)
    siti = world.holder(draft)
    assert siti.get(f"/ajukan/{draft.id}/data").status == 200
    world.clock.now += timedelta(hours=8)
    assert siti.get(f"/ajukan/{draft.id}/data").status == 404


@pytest.mark.parametrize("path", ["data", "berkas/ktp", "berkas/ktp/hapus", "periksa"])
@pytest.mark.parametrize("token", ["", "x", "of another draft"])
def test_a_form_that_is_not_of_this_page_changes_nothing(world: World, path: str, token: str) -> None:
    draft, other = world.draft(), world.draft()
    siti = world.holder(draft)
    if token == "of another draft":
        token = world.holder(other).get(f"/ajukan/{other.id}/periksa").form("periksa")["csrf"]
    before = world.dump()
    page = siti.post(f"/ajukan/{draft.id}/{path}", {**ANSWERS, "pernyataan": "ya", "csrf": token})
    assert page.status == 403
    assert world.dump() == before


def test_another_site_cannot_post_an_application_here(world: World) -> None:
    page = world.applicant().post("/ajukan", ANSWERS, {"Origin": "https://jahat.example"})
    assert page.status == 403


def test_private_pages_are_kept_nowhere_and_in_no_index(world: World) -> None:
    draft = world.draft()
    siti = world.holder(draft)
    for step in ("data", "berkas", "periksa"):
        page = siti.get(f"/ajukan/{draft.id}/{step}")
        assert page.headers["Cache-Control"] == "no-store"
        assert page.tree.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow"]


# --- whatever comes --------------------------------------------------------------------------------------------------


def test_looking_changes_nothing(world: World) -> None:
    open_draft, sent_draft = world.draft(), world.draft()
    world.house.intake.submit(sent_draft.id)
    holders = [(world.holder(draft), draft) for draft in (open_draft, sent_draft)]
    before = world.dump()
    looked = 0
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in ("apply", "parts", "bring", "send", "uploads"):
            continue
        for siti, draft in holders:
            token = world.link(draft).rpartition("/")[2]
            path = str(rule).replace("<draft>", draft.id).replace("<kind>", "ktp").replace("<token>", token)
            path = path.replace("<key>", "jabatan")
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = siti.client.open(f"{path}?selesai=x&pernyataan=ya", method=method, data=None)
                assert answer.status_code < 500
                looked += 1
    assert looked > 60
    assert world.dump() == before
