"""Addresses are worked out when they are built, and not for every page as an application is made."""

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
