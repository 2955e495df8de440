"""All that a ticket number says of one case, written out."""

from datetime import timedelta

from portal.core.progress import status
from portal.core.sop import Sop
from portal.core.worktime import Calendar
from tests.support.moments import at, moved

PLACES = [
    # place     done by           can be done
    ("done", "pemohon", None),
    ("done", "kadis", None),
    ("current", "kabid", "2026-11-23T08:25:30+08:00"),
    ("todo", "pelaksana_bidang", "2026-11-23T08:40:30+08:00"),
    ("todo", "verifikator", "2026-11-23T08:50:30+08:00"),
    ("todo", "verifikator", "2026-11-24T08:20:00+08:00"),
    ("todo", "verifikator", "2026-11-24T08:30:00+08:00"),
]


def test_the_status_of_a_case_with_the_kabid_in_full(sop: Sop, calendar: Calendar) -> None:
    """Times to the second, whatever was kept of them."""
    half_past = at("11-23 08.10") + timedelta(seconds=30, microseconds=999)
    case = moved(sop, ("submit", at("11-23 07.50")), ("confirm", at("11-23 08.00")), ("forward", half_past))
    words, following = sop.status("telaah_kabid", "waiting"), sop.step("pendataan")

    assert status(case, sop, calendar, at("11-23 08.20")) == {
        "ticket": "TTE-26-4F7K-9QXM",
        "service": "Penerbitan Sertifikat Elektronik untuk Tanda Tangan Elektronik",
        "state": "waiting",
        "label": words.label,
        "sentence": words.sentence,
        "since": "2026-11-23T08:10:30+08:00",
        "closed": False,
        "round": 1,
        "standard": {"minutes": 15, "time": "15 menit", "until": "2026-11-23T08:25:30+08:00", "late": False},
        "expected": "2026-11-24T08:30:00+08:00",
        "usual": False,
        "why": [
            {"code": "uncounted", "step": sop.step("pemeriksaan").name, "with": "outside", "days": 0, "names": []},
            {"code": "uncounted", "step": sop.step("passphrase").name, "with": "applicant", "days": 0, "names": []},
        ],
        "deadline": None,
        "turn": {"by": "Kepala Bidang Statistik dan Persandian", "applicant": False},
        "visit": None,
        "next": {"by": sop.role(following.role).label, "name": following.name, "summary": following.summary},
        "steps": [
            {
                "number": number,
                "name": step.name,
                "summary": step.summary,
                "minutes": step.minutes,
                "time": f"{step.minutes} menit",
                "by": sop.role(role).label,
                "position": place,
                "expected": expected,
            }
            for number, (step, (place, role, expected)) in enumerate(zip(sop.steps, PLACES, strict=True), start=1)
        ],
        "history": [
            {"label": "Permohonan dikirim", "at": "2026-11-23T07:50:00+08:00", "by": ""},
            {"label": "Alamat email dikonfirmasi", "at": "2026-11-23T08:00:00+08:00", "by": ""},
            {
                "label": "Didisposisikan kepada Kepala Bidang Statistik dan Persandian",
                "at": "2026-11-23T08:10:30+08:00",
                "by": "Kepala Dinas",
            },
        ],
    }
