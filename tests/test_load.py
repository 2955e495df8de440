"""What ``make load`` does, with a few people for a moment; how fast is for whoever reads its table."""

from tests.support.load import measured


def test_a_few_people_apply_at_once_and_nobody_is_refused() -> None:
    report = measured(people=2, seconds=0.5, rounds=2, think=0.01)
    assert "Refused: 0. Besides: nothing." in report
    assert "gave up" not in report
    for deed in ("document uploaded and checked", "sent", "status page", "bare Flask page", "`/sehat`"):
        assert f"| {deed} |" in report
    assert "Of the idle connections 120 were still open." in report
