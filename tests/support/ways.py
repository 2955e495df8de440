"""What an applicant states, what officials say with each action, and the ways to every state of the SOP."""

from collections.abc import Mapping
from typing import Any

FORM: Mapping[str, Any] = {
    "jenis_permohonan": "penerbitan",
    "diisi_oleh": "sendiri",
    "nama_ktp": "SITI RAHASIA",
    "nik": "6473014501900001",
    "status_kepegawaian": "PNS",
    "nip": "199001052015032001",
    "pangkat": "III/c",
    "jabatan": "Analis Rahasia",
    "opd": "Dinas Kesehatan",
    "unit_kerja": "Bidang Rahasia",
    "email": "siti.rahasia@tarakankota.go.id",
    "email_aktif": "ya",
    "hp": "+6281200000000",
    "tujuan": "Dokumen keuangan",
}
EMAIL = FORM["email"]
SECRETS = ("RAHASIA", "Rahasia", "rahasia", "6473014501900001", "199001052015032001", "81200000000")
"""What of the applicant may be on no public page, in no subject, address or log."""

SAYS: Mapping[str, Mapping[str, Any]] = {
    "forward": {"instructions": ["proses"], "note": "Mohon diproses."},
    "return": {"items": ["ktp", "jabatan"], "reason": "ktp_tidak_terbaca", "note": "Foto terpotong."},
    "reject": {"reason": "di_luar_kewenangan", "note": "Pegawai instansi lain."},
    "dispatch": {"checklist": ["surat", "formulir", "ktp", "sk", "email"]},
    "refuse": {"reason": "kyc_gagal", "note": "Ulangi verifikasi wajah."},
    "record": {"serial": "4A:1F:22:09", "valid_from": "2026-11-25", "valid_until": "2028-11-25"},
    "hand_over": {"received_by": "Siti Rahasia"},
}
"""What an official says with an action."""

TO_VERIFIKATOR = ("confirm", "forward", "forward", "forward")
TO_VISIT = (*TO_VERIFIKATOR, "dispatch", "accept")
WAYS: Mapping[str, tuple[str, ...]] = {
    "unconfirmed": (),
    "waiting": ("confirm",),
    "waiting_kabid": ("confirm", "forward"),
    "returned": ("confirm", "return"),
    "mended": ("confirm", "return", "resubmit"),
    "rejected": ("confirm", "reject"),
    "withdrawn": ("confirm", "withdraw"),
    "lapsed": ("lapse",),
    "dispatch": TO_VERIFIKATOR,
    "sent": (*TO_VERIFIKATOR, "dispatch"),
    "refused": (*TO_VERIFIKATOR, "dispatch", "refuse"),
    "visit": TO_VISIT,
    "invited": (*TO_VISIT, "invite"),
    "booked": (*TO_VISIT, "invite", "book"),
    "missed": (*TO_VISIT, "invite", "book", "miss"),
    "handover": (*TO_VISIT, "invite", "book", "attend"),
    "ready": (*TO_VISIT, "invite", "book", "attend", "record"),
    "done": (*TO_VISIT, "invite", "book", "attend", "record", "hand_over"),
}
"""Every state of the SOP, and the actions after the sending that lead there."""
