"""Addresses: worked out when they are built, and each page at one of them alone."""

import pytest
from werkzeug.routing import Rule

from portal.bootstrap import wsgi
from tests.support.stage import Stage


def test_making_an_application_compiles_no_address(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_builder = Rule._compile_builder

    def counted(rule: Rule, append_unknown: bool = True) -> object:
        compiled.append(rule.rule)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", counted)
    app = wsgi(stage.house)
    assert [rule for rule in compiled if "static" not in rule and not rule.startswith("/aset")] == []
    assert len(list(app.url_map.iter_rules())) > 100
    with app.test_request_context():
        assert app.url_for("status.show", ticket="TTE-26-4F7K-9QXM") == "/status/TTE-26-4F7K-9QXM"
        assert app.url_for("status.show", ticket="TTE-26-4F7K-9QXM", lihat=1) == "/status/TTE-26-4F7K-9QXM?lihat=1"
    assert "/status/<ticket>" in compiled


def test_a_portal_of_this_machine_is_found_under_its_one_name(stage: Stage) -> None:
    browser = stage.app.test_client()
    for name in ("127.0.0.1", "127.0.0.1:8000", "[::1]", "localhost:81"):
        answer = browser.get("/ajukan?dari=beranda", base_url=f"http://{name}")
        assert (answer.status_code, answer.headers["Location"]) == (307, "http://localhost/ajukan?dari=beranda")
    for name in ("localhost", "tte.example.go.id", "10.0.0.7:8000"):  # a proxy asks by whatever name it likes
        assert browser.get("/ajukan", base_url=f"http://{name}").status_code == 200
    # What is sent is not sent on: it is refused as ever, or taken.
    assert browser.post("/ajukan", base_url="http://127.0.0.1", headers={"Origin": "http://x"}).status_code == 403
