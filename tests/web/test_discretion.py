"""What is told to whom: nothing of a person in logs, addresses, subjects and public pages."""

import base64
import json
import logging
import re
import sqlite3
import time
import traceback
from typing import Any

import pytest
from markupsafe import escape
from werkzeug.test import TestResponse

import compilation
import deletion
import expiry
import feedback
import mailer
import reminder
from portal.bootstrap_aws import RunFailed
from portal.core import ticket
from portal.core.steps import State
from portal.engines.aws.feedback import HEADER
from tests.support.builders import draw
from tests.support.stage import KABID, KADIS, OTHER_VERIFIKATOR, STATISTISI, VERIFIKATOR, InProcess, Stage
from tests.support.ways import EMAIL, FORM, SAYS, SECRETS

# --- What is told to whom --------------------------------------------------------------------------------------------


def test_an_unknown_ticket_and_what_is_none_get_the_very_same_answer(stage: Stage) -> None:
    stage.case()
    unknown = [ticket.new("TTE", 2026, draw(letters)) for letters in ("2345678", "ABCDEFG")]
    malformed = ["TTE-26-2222-2222", "x", "%00", "TTE-26", "A" * 300, "%ff", "..", "<b>"]

    def told(answer: TestResponse, typed: str) -> tuple[bytes, str]:
        """All but what was typed, which stays in the field for mending, and its length."""
        answer.headers.pop("Content-Length")
        return answer.get_data().replace(f'value="{escape(typed)}"'.encode(), b'value=""'), str(answer.headers)

    for headers in ({}, {"Accept": "application/json"}):
        asked = {typed: stage.browser().get(f"/status/{typed}", headers=headers) for typed in (*unknown, *malformed)}
        assert {answer.status_code for answer in asked.values()} == {404}
        assert len({told(answer, typed) for typed, answer in asked.items()}) == 1
    typed = [stage.browser().get(f"/status?tiket={number}") for number in (*unknown, "TTE-26-2222-2222")]
    bare = {a.get_data().replace(a.request.args["tiket"].encode(), b"") for a in typed}
    assert len(bare) == 1


def test_the_time_it_takes_tells_nothing_that_the_number_itself_does_not(stage: Stage) -> None:
    """Only a lookup in the database lies between an unknown ticket and a misspelt one; anybody can tell these apart."""
    unknown, misspelt = ticket.new("TTE", 2026, draw("2345678")), "TTE-26-2345-6782"
    browser = stage.browser()
    taken: dict[str, list[float]] = {unknown: [], misspelt: []}
    for turn in range(600):
        for number, times in taken.items():
            began = time.perf_counter()
            assert browser.get(f"/status/{number}").status_code == 404
            times.append(time.perf_counter() - began)
        # The quickest of many: whatever else this machine is doing only ever adds to it.
        if turn > 20 and abs(min(taken[unknown]) - min(taken[misspelt])) < 0.003:
            return
    raise AssertionError({number: min(times) for number, times in taken.items()})


class Watching(InProcess):
    """A browser that notes every address it asks for, is sent to, or names as where it came from."""

    addresses: list[str]

    def _open(self, request: Any) -> Any:
        self.addresses.append(request.full_url)
        answer = self.client.open(
            request.full_url.removeprefix(self.address),
            method=request.get_method(),
            data=request.data,
            headers=request.headers,
        )
        self.addresses.append(answer.headers.get("Location", ""))
        return super()._open(request)


def test_a_whole_story_leaves_no_personal_data_in_logs_addresses_subjects_or_public_pages(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger().debug("listening")
    answers = {**FORM, "nik": "6473 0145 0190 0001", "nip": "19900105 201503 2 001", "hp": "0812-0000-0000"}
    siti = stage.applicant(**{name: value for name, value in answers.items() if name != "diisi_oleh"})
    siti.browser = Watching(stage.browser())
    watched = siti.browser.addresses = []
    siti.fill_in(nik="1", nama_ktp="RAHASIA!!")
    siti.apply()
    siti.confirm()
    number = siti.ticket
    people = {email: stage.official_in_person(email) for email in (KADIS, KABID, STATISTISI, VERIFIKATOR)}
    for person in people.values():
        person.browser = Watching(stage.browser())
        person.browser.addresses = watched
    acts = [
        (KADIS, "forward"),
        (KABID, "return"),
        (KABID, "forward"),
        (STATISTISI, "forward"),
        (VERIFIKATOR, "dispatch"),
    ]
    acts += [(VERIFIKATOR, action) for action in ("accept", "invite", "attend", "record", "hand_over")]
    for email, action in acts:
        said = {**SAYS.get(action, {})}
        people[email].decide(number, action, **said)
        if action == "return":
            siti.mend(jabatan="Analis Rahasia Ahli Muda")
        if action == "invite":
            siti.pick()
            stage.clock.forward(days=1)
    assert stage.load(number).state is State.DONE
    tokens = {link.rpartition("/")[2] for mail in stage.mail() for link in mail["links"] if "/status/" not in link}
    stage.browser().get(f"/permohonan/{next(iter(tokens))}x")

    log = "\n".join(record.getMessage() + str(record.exc_info or "") for record in caplog.records)
    assert "listening" in log
    told = {"the log": log, "addresses": "\n".join(watched), "subjects": "\n".join(m["subject"] for m in stage.mail())}
    for path in (f"/status/{number}", f"/status/{number}?format=json", "/rekap", "/rekap.csv", "/sehat"):
        told[path] = stage.browser().get(path).text
    for place, text in told.items():
        assert not [secret for secret in SECRETS if secret in text], place
        assert not [email for email in (KADIS, KABID, VERIFIKATOR, OTHER_VERIFIKATOR) if email in text], place
    assert not [token for token in tokens if token in log]
    pages = [address for address in watched if address.rpartition("/")[2] not in tokens]
    assert not [address for address in pages if b"rahasia" in unpacked(address)]


def unpacked(address: str) -> bytes:
    """What the last part of an address says to somebody who can read base64."""
    payload = "".join(re.findall(r"[A-Za-z0-9_-]", address.rpartition("/")[2].partition(".")[0]))
    return base64.urlsafe_b64decode(payload[: len(payload) // 4 * 4] + "====")


SECRET = "RAHASIA 6473014501900001"


def test_a_fault_of_our_own_is_a_page_for_people_and_a_line_without_persons_in_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise TypeError(SECRET)

    number = stage.case("confirm")
    monkeypatch.setattr("portal.web.public.status.status", fails)
    answer = stage.browser().get(f"/status/{number}")
    assert answer.status_code == 500
    assert "Terjadi gangguan pada portal" in answer.text
    for inside in ("Traceback", "TypeError", "RAHASIA", "sqlite", ".py"):
        assert inside not in answer.text
    assert "/status/<ticket>: TypeError in" in caplog.text
    assert "RAHASIA" not in caplog.text
    assert number not in caplog.text


def test_a_case_that_cannot_be_read_says_so_and_nothing_of_what_is_in_it(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    number = stage.case("confirm")
    with sqlite3.connect(stage.data / "portal.sqlite") as database:
        damaged = f'{{"service":"penerbitan","sop_version":"","form":{{}},"documents":[{{"{SECRET}":1}}]}}'
        database.execute("UPDATE application SET body = ?", (damaged,))
    database.close()
    answer = stage.browser().get(f"/status/{number}")
    assert answer.status_code == 500
    assert "Permohonan tidak terbaca" in answer.text
    for inside in ("Traceback", "TypeError", "RAHASIA", "sqlite", ".py"):
        assert inside not in answer.text
    assert "RAHASIA" not in caplog.text


# --- functions on AWS ---


@pytest.mark.parametrize("function", [mailer, reminder, compilation, deletion, expiry, feedback])
def test_what_a_function_fails_over_is_not_told_to_its_log(function: Any) -> None:
    class House:
        def __getattr__(self, name: str) -> Any:
            raise ValueError(f"siti.contoh@tarakankota.go.id cannot be read ({name})")

    identity = ["TTE-26-4F7K-9QXM", 3, "turn", EMAIL, ""]
    complaint = {
        "eventType": "Complaint",
        "complaint": {},
        "mail": {"headers": [{"name": HEADER, "value": json.dumps(identity)}]},
    }
    with pytest.raises(RunFailed) as failed:
        function.handler({"detail": complaint}, None, House())
    assert str(failed.value).startswith("ValueError in __getattr__:")
    assert "siti" not in "".join(traceback.format_exception(failed.value))
