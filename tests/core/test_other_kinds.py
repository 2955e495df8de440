"""Steps that the seed's SOP does not have: who may do what there, where it leads, and who finds the case."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.core.application import Actor, Application
from portal.core.draft import Draft
from portal.core.errors import NotAllowed
from portal.core.history import Stay
from portal.core.notices import owed
from portal.core.officials import Official, eligible
from portal.core.progress import status
from portal.core.sop import APPLICANT, Sop
from portal.core.steps import State, applicant_actions, follow, official_actions, official_before, waits_on
from portal.core.worktime import Calendar
from portal.editions import read_sop
from tests.support.builders import AT, document
from tests.support.services import SERVICES, installed
from tests.support.services_stories import LESTARI

FORM = {name: value for name, value in LESTARI.items() if name != "email"} | {"unit": "Dinas Pertamanan"}
FOLLOWS = [
    # step              state       officials may                          the applicant may
    ("disposisi", "waiting", "forward return reject send_back", "withdraw"),
    ("telaah", "waiting", "forward return reject", "withdraw"),
    ("kajian", "waiting", "complete return reject", "withdraw"),
    ("pembuatan", "waiting", "complete", "withdraw"),
    ("naskah", "waiting", "complete send_back", "withdraw"),
    ("penandatanganan", "waiting", "sign send_back", "withdraw"),
    ("aktivasi", "asked", "", "report withdraw"),
]
LEADS = [
    ("disposisi", "waiting", "send_back", ("telaah", "waiting")),
    ("kajian", "waiting", "complete", ("pembuatan", "waiting")),
    ("naskah", "waiting", "send_back", ("pembuatan", "waiting")),
    ("penandatanganan", "waiting", "sign", ("aktivasi", "asked")),
    ("aktivasi", "asked", "report", ("arsip", "waiting")),
    ("arsip", "waiting", "complete", ("arsip", "done")),
]


@pytest.fixture(scope="session")
def surel(tmp_path_factory: pytest.TempPathFactory) -> Sop:
    return _read(tmp_path_factory, "surel")


@pytest.fixture(scope="session")
def perpanjangan(tmp_path_factory: pytest.TempPathFactory) -> Sop:
    return _read(tmp_path_factory, "perpanjangan")


def _read(factory: pytest.TempPathFactory, name: str) -> Sop:
    folder = factory.mktemp(name) / "schemas"
    installed(folder, name)
    return read_sop(folder / name)


@pytest.mark.parametrize(("step", "state", "officials", "applicants"), FOLLOWS)
def test_a_step_permits_what_its_kind_does_and_what_it_says_itself(
    surel: Sop, step: str, state: str, officials: str, applicants: str
) -> None:
    assert official_actions(surel, step, State(state)) == tuple(officials.split())
    assert applicant_actions(surel, step, State(state)) == tuple(applicants.split())


@pytest.mark.parametrize(("step", "state", "action", "there"), LEADS)
def test_where_an_action_leads(surel: Sop, step: str, state: str, action: str, there: tuple[str, str]) -> None:
    assert follow(surel, step, State(state), action) == there


def test_what_a_step_does_not_say_is_not_possible_there(surel: Sop) -> None:
    for step, action in (("telaah", "send_back"), ("pembuatan", "return"), ("naskah", "reject")):
        with pytest.raises(NotAllowed, match="action_not_now"):
            follow(surel, step, State.WAITING, action)


def test_a_case_goes_back_past_rows_and_applicants_to_the_official_before(surel: Sop) -> None:
    before = {step.key: found.key if (found := official_before(surel, step.key)) else "" for step in surel.steps}
    assert before["telaah"] == ""
    assert before["disposisi"] == "telaah"
    assert before["arsip"] == "penandatanganan"


def test_a_sop_tells_which_letters_its_officials_bring(surel: Sop, perpanjangan: Sop) -> None:
    assert (surel.letters, perpanjangan.letters) == (("surat_pemberitahuan",), ())


def test_every_file_of_a_case_is_named_in_the_order_of_the_sop(surel: Sop) -> None:
    brought = [document("surat_pemberitahuan"), document("surat_permintaan")]
    assert surel.brought(brought) == [
        ("Surat permintaan akun", brought[1]),
        ("Surat pemberitahuan", brought[0]),
    ]


def test_a_row_without_a_step_counts_and_is_passed_over(surel: Sop) -> None:
    assert len(surel.rows) == 12
    assert [surel.number(step.key) for step in surel.steps] == [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    following = surel.after("telaah")
    assert following is not None
    assert following.key == "disposisi"
    assert surel.minutes == 150


def test_either_of_two_roles_may_act_and_finds_the_case(surel: Sop) -> None:
    assert waits_on(surel, "pembuatan", State.WAITING) == "pengelola"
    assert surel.acting("pengelola") == ("administrator", "operator")
    assert surel.acting("analis") == ("analis",)
    assert surel.waiting_lists("operator") == ("operator", "pengelola")
    assert surel.waiting_lists("analis") == ("analis",)
    assert surel.role("pengelola").label == "Administrator atau Operator Surel"


def test_a_task_waits_for_the_applicant_while_the_clock_stands_still(surel: Sop) -> None:
    assert waits_on(surel, "aktivasi", State.ASKED) == APPLICANT
    assert not State.ASKED.clock_runs
    assert not State.ASKED.is_closed


def opened(sop: Sop, actor: Actor | None = None, **changes: Any) -> Application:
    galih = Official("perpanjangan", "verifikator", "Galih", "galih@samarajaya.example")
    draft = Draft("a1", "perpanjangan", {**FORM, **changes}, AT, (document("daftar_kartu"),))
    return Application.open(
        draft,
        ticket="PKA-26-4F7K-9QXM",
        documents=draft.documents,
        agenda="7",
        actor=actor or galih.as_actor(sop),
        sop=sop,
        at=AT,
    )


def test_an_official_opens_a_case_with_a_number_and_an_address_that_he_vouches_for(perpanjangan: Sop) -> None:
    case = opened(perpanjangan)
    assert (case.step, case.state, case.agenda) == ("formulir", State.ASKED, "7")
    assert case.address(perpanjangan) == FORM["surel"]
    assert case.first_damage() is None
    letters = [(notice.letter, notice.recipient) for notice in owed(case, [], perpanjangan, AT.date())]
    assert letters == [("asked", FORM["surel"]), ("decided", "galih@samarajaya.example")]


def test_whose_case_was_opened_hears_of_it_where_nothing_is_asked_of_him_yet(perpanjangan: Sop) -> None:
    begin, _, *others = perpanjangan.steps
    sop = replace(perpanjangan, steps=(begin, *others))
    told = [notice.letter for notice in owed(opened(sop), [], sop, AT.date())]
    assert told == ["opened", "decided"]


def test_the_clock_of_a_case_runs_from_its_opening_where_an_official_has_it_then(perpanjangan: Sop) -> None:
    begin, _, *others = perpanjangan.steps
    case = opened(replace(perpanjangan, steps=(begin, *others)))
    assert len(case.events) == 1
    assert case.stay == Stay(case.step, 1, AT, (), AT)


def test_a_role_that_stands_for_several_is_called_alike_everywhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    either = _read(tmp_path_factory, "surel").role("pengelola")
    assert (either.column, either.label) == ("Administrator atau Operator Surel",) * 2


def test_whoever_has_done_a_task_is_told_so_and_of_the_next_one(perpanjangan: Sop) -> None:
    begin, task, *others = perpanjangan.steps
    sop = replace(perpanjangan, steps=(begin, task, replace(task, key="lagi", documents=()), *others))
    case = opened(sop)
    done = case.report((*case.documents, document("formulir_perpanjangan")), sop=sop, at=AT + timedelta(hours=1))
    assert (done.step, done.state) == ("lagi", State.ASKED)
    assert [notice.letter for notice in owed(done, [], sop, AT.date())] == ["reported", "asked"]


def test_a_case_opened_by_an_official_says_everything_in_its_first_event(perpanjangan: Sop) -> None:
    case = opened(perpanjangan)
    (event,) = case.events
    assert (case.ticket, case.service, case.sop_version) == ("PKA-26-4F7K-9QXM", "perpanjangan", perpanjangan.version)
    assert (case.form, case.documents) == (FORM, (document("daftar_kartu"),))
    assert (event.number, event.action, event.step, event.state, event.at) == (1, "open", case.step, case.state, AT)
    assert (case.step, case.state) == ("formulir", State.ASKED)
    assert (event.actor.role, event.actor.name) == ("verifikator", "Galih")
    assert event.data == {"agenda": "7", "email": FORM["surel"], **case._basis()}


@pytest.mark.parametrize("role", ["kepala", "pemohon", "portal", ""])
def test_nobody_but_who_begins_a_service_opens_its_cases(perpanjangan: Sop, role: str) -> None:
    actor = replace(
        Official("perpanjangan", "verifikator", "Galih", "galih@x.example").as_actor(perpanjangan), role=role
    )
    with pytest.raises(NotAllowed, match=r"^not_your_turn$"):
        opened(perpanjangan, actor=actor)


def test_a_service_that_applicants_begin_is_opened_by_no_official(surel: Sop) -> None:
    actor = Actor(surel.first.role, "Galih", email="galih@samarajaya.example")
    with pytest.raises(NotAllowed, match=r"^not_your_turn$"):
        opened(surel, actor=actor)


def test_nobody_opens_a_case_for_himself(perpanjangan: Sop) -> None:
    with pytest.raises(NotAllowed, match=r"^own_application$"):
        opened(perpanjangan, surel="galih@samarajaya.example")
    numbered = Actor("verifikator", "Galih", "", "other@samarajaya.example", FORM["nomor_pegawai"])
    with pytest.raises(NotAllowed, match=r"^own_application$"):
        opened(perpanjangan, actor=numbered)


def test_a_task_s_documents_are_covered_by_the_chain(perpanjangan: Sop) -> None:
    case = opened(perpanjangan)
    brought = (*case.documents, document("formulir_perpanjangan"))
    done = case.report(brought, sop=perpanjangan, at=AT + timedelta(hours=1))
    assert done.documents == brought
    assert done.events[-1].data == {**done._basis(), "items": ["formulir_perpanjangan"]}
    assert done.first_damage() is None
    swapped = replace(done, documents=(*case.documents, document("formulir_perpanjangan", sha256="0" * 64)))
    assert swapped.first_damage() == 2


def test_a_task_that_asks_for_no_document_is_reported_with_nothing(perpanjangan: Sop) -> None:
    case = opened(perpanjangan)
    asks = replace(perpanjangan.step(case.step), documents=())
    steps = tuple(asks if each.key == case.step else each for each in perpanjangan.steps)
    done = case.report(case.documents, sop=replace(perpanjangan, steps=steps), at=AT + timedelta(hours=1))
    assert done.events[-1].data == {}


def test_whoever_is_first_acts_and_the_turn_begins_anew_when_a_case_comes_back(surel: Sop, calendar: Calendar) -> None:
    form = {"nama": "Wira Rekaan", "nomor_pegawai": "400456", "jabatan": "Pustakawan", "unit": "Dinas Pertamanan"}
    case = Application.submit(
        draft_of(form | {"surel_pribadi": "wira@kotak.example", "nama_akun": "wira"}),
        ticket="PAS-26-4F7K-9QXM",
        documents=(document("surat_permintaan"),),
        sop=surel,
        at=AT,
    ).confirm(agenda="1", sop=surel, at=AT)
    officials = {role.key: Official("surel", role.key, role.key, f"{role.key}@x.example") for role in surel.roles}
    acts = [("kadis", "forward"), ("kabid", "forward"), ("analis", "complete"), ("operator", "complete")]
    for hour, (role, action) in enumerate([*acts, ("operator", "send_back")], start=1):
        able = [official.role for official in eligible(case, officials.values(), surel, AT.date())]
        assert role in able
        assert able == (["administrator", "operator"] if case.step == "pembuatan" else [role])
        actor = officials[role].as_actor(surel)
        case = case.decide(action, {}, actor=actor, sop=surel, at=AT + timedelta(hours=hour))
    assert (case.step, case.state, case.turn) == ("pembuatan", State.WAITING, case.events[-1])
    assert case.since == case.events[-1].at
    told = status(case, surel, calendar, AT + timedelta(hours=6))
    assert [step["number"] for step in told["steps"] if step["position"] == "current"] == [6]
    turns = {n.recipient for n in owed(case, officials.values(), surel, AT.date()) if n.letter == "turn"}
    assert turns == {"administrator@x.example", "operator@x.example"}


def draft_of(form: dict[str, str]) -> Any:
    from portal.core.draft import Draft

    return Draft("a1", "surel", form, AT, (document("surat_permintaan"),))


def test_no_word_of_the_seed_is_in_the_made_up_services() -> None:
    said = "".join(
        path.read_text("utf-8").lower() for path in SERVICES.rglob("*.*") if path.suffix in (".toml", ".json")
    )
    for word in ("tarakan", "dkisp", "bsre", "sertifikat elektronik", "passphrase"):
        assert word not in said, word


def test_a_case_that_ends_without_a_handover_is_told_to_be_finished(perpanjangan: Sop) -> None:
    last = perpanjangan.steps[-1]
    before = replace(opened(perpanjangan), step=last.key, state=State.WAITING)
    by = Official("perpanjangan", last.role, "Galih", "galih@samarajaya.example").as_actor(perpanjangan)
    done = before.decide("complete", {}, actor=by, sop=perpanjangan, at=AT + timedelta(hours=1))
    told = [(each.letter, each.recipient) for each in owed(done, [], perpanjangan, AT.date())]
    assert done.state is State.DONE
    assert ("finished", done.address(perpanjangan)) in told
    unfinished = owed(before, [], perpanjangan, AT.date())
    assert "finished" not in {each.letter for each in unfinished}
