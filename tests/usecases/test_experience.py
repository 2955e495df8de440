"""How long cases usually lie with others: by the recap of the last months, read once a day."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from portal.core.errors import Unavailable
from portal.core.recap import tally
from portal.usecases.experience import Experience
from tests.support.facts import kept
from tests.support.stage import Stage
from tests.support.status_page import get, main
from tests.support.ways import FORM, WAYS


def waited(*days: int, closed: str = "2026-11-20") -> Any:
    return tally(kept(closed, "BKPSDM", waits={"pemeriksaan": each}) for each in days)


class Records:
    def __init__(self, **tallies: Any) -> None:
        self.kept = {name.replace("_", "-"): tally for name, tally in tallies.items()}
        self.asked, self.answers = list[str](), True

    def tallies(self, service: str, after: str) -> Any:
        self.asked.append(after)
        if not self.answers:
            raise Unavailable("records_unavailable")
        return [(None, tally) for month, tally in self.kept.items() if f"20{month}" > after]


def of(records: Records, today: date = date(2026, 1, 31)) -> tuple[Experience, Any]:
    office: Any = SimpleNamespace(records=records, today=lambda: office.day, day=today)
    return Experience(office), office


def test_three_months_count_and_are_read_once_a_day() -> None:
    records = Records(**{"26_01": waited(2), "25_12": waited(4), "25_11": waited(4), "25_10": waited(*[9] * 20)})
    experience, office = of(records)
    assert [experience.usual("penerbitan") for _ in range(3)] == [{"pemeriksaan": 4}] * 3
    assert records.asked == ["2025-10"]
    office.day = date(2026, 2, 1)
    assert experience.usual("penerbitan") == {}  # of the two cases that are left nobody can say what is usual
    assert records.asked[1:] == ["2025-11"]


def test_while_the_records_do_not_answer_nothing_is_usual_and_it_is_asked_again() -> None:
    records = Records(**{"26_01": waited(1, 2, 3)})
    experience, _ = of(records)
    records.answers = False
    assert experience.usual("penerbitan") == {}
    records.answers = True
    assert experience.usual("penerbitan") == {"pemeriksaan": 2}


def test_for_a_case_of_which_nothing_can_be_expected_nothing_is_read(stage: Stage) -> None:
    records = Records(**{"26_01": waited(1, 2, 3)})
    experience, _ = of(records)
    for way in ("unconfirmed", "returned", "rejected", "done"):
        assert experience.of(stage.load(stage.case(*WAYS[way]))) == {}
    assert records.asked == []
    assert experience.of(stage.load(stage.case(*WAYS["sent"]))) == {"pemeriksaan": 2}


def test_the_pages_count_what_is_usual_in_and_say_so(stage: Stage) -> None:
    number = stage.case("confirm")
    stage.house.experience._read["penerbitan"] = (stage.office.today(), {"pemeriksaan": 2, "passphrase": 0})
    words = main(get(stage, f"/status/{number}"))
    assert "Perkiraan selesai sekitar 26 November 2026" in words
    assert "menunggu pihak luar biasanya 2 hari kerja." in words
    assert "menunggu pemohon biasanya kurang dari satu hari kerja." in words
    assert "paling cepat" not in words
    assert "10 menit, sekitar 25 November 2026" in words
    assert words.count("paling lambat menurut SOP 23 November 2026 08.15 WITA") == 1
    own = stage.browser().get(stage.link("permohonan", number), follow_redirects=True).text
    assert "selesai sekitar 26 November 2026" in own
    assert "biasanya 2 hari kerja" in own
    case = stage.browser().get(stage.link("telaah", number), follow_redirects=True).text
    assert "selesai sekitar 26 November 2026" in case
    assert "tersisa" in case


def test_while_others_have_a_case_a_forecast_is_shown_or_it_is_said_that_there_is_none(stage: Stage) -> None:
    number = stage.case(*WAYS["sent"])
    assert "Perkiraan waktu tampil kembali" in main(get(stage, f"/status/{number}"))
    stage.house.experience._read["penerbitan"] = (stage.office.today(), {"pemeriksaan": 2, "passphrase": 0})
    stage.clock.forward(minutes=1)  # until then a page on which nothing was written is shown as it was
    words = main(get(stage, f"/status/{number}"))
    assert "Perkiraan selesai sekitar 26 November 2026" in words
    assert "Perkiraan waktu tampil kembali" not in words


def test_the_applicants_letters_say_when_it_is_usually_over_and_only_where_that_is_known(stage: Stage) -> None:
    """A letter is kept: the earliest possible day would be taken for the one that was promised."""
    stage.case("confirm")
    assert not [each for each in stage.mail() if "selesai sekitar" in each["text"] or "Paling cepat" in each["text"]]
    stage.house.experience._read["penerbitan"] = (stage.office.today(), {"pemeriksaan": 2, "passphrase": 0})
    number = stage.case("confirm", "return", "resubmit")
    told = [each for each in stage.mail() if "selesai sekitar" in each["text"]]
    assert {each["to"] for each in told} == {FORM["email"]}
    subjects = [f"Permohonan diterima — tiket {number}", f"Perbaikan permohonan diterima — {number}"]
    assert [each["subject"].partition("] ")[2] for each in told] == subjects
    for each in told:
        assert "Biasanya semuanya selesai sekitar Kamis, 26 November 2026." in each["text"]
        assert "menunggu pihak luar biasanya 2 hari kerja" in each["text"]
