"""Two workers on the same records, whose clocks are five minutes apart: nothing is lost, and nothing is sent twice."""

from collections import Counter
from pathlib import Path

from portal.usecases.stocktaking import Stocktaking
from tests.support.stage import Stage, StillClock

WAY = ("confirm", "return", "resubmit", "forward", "forward", "forward", "dispatch", "accept", "invite")


def played(data: Path, apart: int) -> Counter[tuple[str, str]]:
    """A case that goes from one worker to the other and back; which emails that made.

    Args:
        apart: minutes that the clock of the second is ahead.
    """
    workers = [Stage(data, StillClock()) for _ in range(2)]
    workers[1].clock.forward(minutes=apart)
    number = workers[0].case()
    for turn, deed in enumerate(WAY, 1):
        workers[turn % 2].act(number, deed)
        for worker in workers:
            worker.mail()
            worker.clock.forward(minutes=20)
    for worker in workers:
        worker.clock.forward(hours=12)
        sent = Counter((mail["to"], mail["subject"].replace(number, "#")) for mail in worker.mail())
    case, house = workers[0].load(number), workers[1].house
    assert [event.action for event in case.events] == ["submit", *WAY]
    assert list(workers[0].records.unsent()) == []
    assert Stocktaking(house.office, house.erasing).of_all([number]).amiss == []
    for worker in workers:
        worker.close()
    return sent


def test_workers_with_clocks_apart_do_what_those_do_whose_clocks_agree(tmp_path: Path) -> None:
    agreed = played(tmp_path / "agreed", 0)
    assert agreed.total() > 8
    assert played(tmp_path / "ahead", 5) == agreed
    assert played(tmp_path / "behind", -5) == agreed
