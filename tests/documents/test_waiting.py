"""The queue before a busy checker."""

from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread

import pytest

from portal.core.errors import Unavailable
from portal.documents.waiting import FORGOTTEN, Places, Queue


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def place(queue: Queue, who: str) -> int:
    """In the queue; 0 for whoever came in, and has gone again."""
    try:
        with queue.turn(who):
            return 0
    except Unavailable as told:
        return int(str(told.facts["place"]))


def _until(so: Callable[[], bool], *waiting: Thread) -> None:
    """What those who wait have brought about; not for ever, should one of them have ended."""
    while not so():
        assert all(each.is_alive() for each in waiting)


def test_who_comes_first_is_served_first_whoever_asks_sooner_again() -> None:
    queue, inside = Queue(places=1, standing=0), ExitStack()
    inside.enter_context(queue.turn("slow"))
    assert [place(queue, who) for who in ("siti", "budi", "siti", "wati")] == [1, 2, 1, 3]
    inside.close()
    assert [place(queue, who) for who in ("budi", "siti", "budi", "wati")] == [2, 0, 0, 0]


def test_who_has_gone_is_forgotten_and_holds_nobody_up() -> None:
    time = Time()
    queue, inside = Queue(places=1, standing=0, clock=time), ExitStack()
    inside.enter_context(queue.turn("slow"))
    assert [place(queue, who) for who in ("siti", "budi")] == [1, 2]
    time.now += FORGOTTEN - 1
    assert place(queue, "budi") == 2
    time.now += 2
    assert place(queue, "budi") == 1
    inside.close()
    assert place(queue, "budi") == 0


def test_whoever_stands_and_waits_comes_in_when_there_is_a_place() -> None:
    queue, inside, served = Queue(places=1, standing=1), ExitStack(), []
    inside.enter_context(queue.turn("slow"))

    def wait() -> None:
        with queue.turn("siti", patience=10):
            served.append("siti")

    standing = Thread(target=wait)
    standing.start()
    _until(lambda: bool(queue._waiting), standing)
    assert place(queue, "budi") == 2
    inside.close()
    standing.join(timeout=60)
    assert (served, place(queue, "budi")) == (["siti"], 0)


def test_no_place_stays_empty_for_whoever_has_gone_to_come_again() -> None:
    queue, inside, served = Queue(places=1, standing=1), ExitStack(), list[str]()
    inside.enter_context(queue.turn("slow"))
    assert place(queue, "siti") == 1
    standing = Thread(target=_stand, args=(queue, "budi", served))
    standing.start()
    _until(lambda: bool(queue._here), standing)
    inside.close()
    standing.join(timeout=60)
    assert served == ["budi"]
    assert (place(queue, "siti"), queue._here, len(queue._waiting)) == (0, {}, 0)


def test_who_comes_back_stands_before_whoever_came_later() -> None:
    queue, inside, served = Queue(places=1, standing=1), ExitStack(), list[str]()
    inside.enter_context(queue.turn("slow"))
    assert place(queue, "siti") == 1
    budi, siti = (Thread(target=_stand, args=(queue, who, served)) for who in ("budi", "siti"))
    budi.start()
    _until(lambda: queue._here["budi"] == 1, budi)
    siti.start()
    budi.join(timeout=60)
    assert served == ["budi is told: 2"], "no more than one stands"
    inside.close()
    siti.join(timeout=60)
    assert (served[1:], place(queue, "budi")) == (["siti"], 0)


def test_whoever_is_far_behind_is_told_when_to_come_by_how_long_others_took() -> None:
    time, inside, told = Time(), ExitStack(), list[int]()
    queue = Queue(places=2, standing=1, clock=time)
    with queue.turn("slow"):
        time.now += 16.5
    for number in range(2):
        inside.enter_context(queue.turn(f"slow {number}"))
    for number in range(12):
        with pytest.raises(Unavailable) as waits:
            inside.enter_context(queue.turn(f"{number}"))
        told.append(int(str(waits.value.facts["seconds"])))
    assert told == [1, 2, 3, 4, 5, 7, 8, 9, 10, 10, 10, 10]
    inside.close()


def _stand(queue: Queue, who: str, served: list[str]) -> None:
    try:
        with queue.turn(who, patience=60):
            served.append(who)
    except Unavailable as told:
        served.append(f"{who} is told: {told.facts['place']}")


def test_what_fails_inside_frees_its_place() -> None:
    queue = Queue(places=1, standing=0)
    with pytest.raises(ValueError, match="broken"), queue.turn("siti"):
        raise ValueError("broken")
    assert place(queue, "budi") == 0


def test_a_person_with_many_files_keeps_nobody_waiting_for_all_of_them() -> None:
    queue, inside = Queue(places=1, standing=0), ExitStack()
    inside.enter_context(queue.turn("siti/1", of="siti"))

    def ask(who: str) -> int:
        try:
            with queue.turn(who, of=who.partition("/")[0]):
                return 0
        except Unavailable as told:
            return int(str(told.facts["place"]))

    assert [ask(f"siti/{number}") for number in (2, 3)] == [1, 2]
    assert [ask("budi/1"), ask("siti/2"), ask("budi/2"), ask("siti/3")] == [1, 2, 3, 4]
    inside.close()
    assert [ask(who) for who in ("budi/1", "siti/3", "siti/2")] == [2, 3, 0]
    assert [ask(who) for who in ("budi/1", "siti/3", "budi/1", "budi/2")] == [2, 0, 0, 0]
    assert not queue._waiting


def test_the_same_file_reported_twice_at_once_is_looked_at_twice() -> None:
    queue, inside, served = Queue(places=1, standing=2), ExitStack(), list[int]()
    inside.enter_context(queue.turn("slow"))

    def wait(number: int) -> None:
        with queue.turn("siti/1", patience=60, of="siti"):
            served.append(number)

    standing = [Thread(target=wait, args=(number,)) for number in range(2)]
    for each in standing:
        each.start()
    _until(lambda: queue._here["siti/1"] == 2, *standing)
    inside.close()
    for each in standing:
        each.join(timeout=60)
    assert sorted(served) == [0, 1]


def test_the_same_file_reported_again_and_again_holds_no_more_than_after_a_second_click() -> None:
    queue, inside, told = Queue(places=1, standing=4), ExitStack(), list[str]()
    inside.enter_context(queue.turn("slow"))

    def wait() -> None:
        try:
            with queue.turn("siti", patience=10):
                told.append("served")
        except Unavailable:
            told.append("come again")

    calls = [Thread(target=wait, daemon=True) for _ in range(12)]
    for each in calls:
        each.start()
    _until(lambda: len(told) >= 10)
    inside.close()
    for each in calls:
        each.join()
    assert sorted(told) == ["come again"] * 10 + ["served"] * 2


def test_a_heavy_file_has_all_places_and_is_not_kept_waiting_by_who_comes_later() -> None:
    places, inside, served = Places(2), ExitStack(), list[str]()
    inside.enter_context(places.place(first=False, patience=0))

    def wait(who: str, *, alone: bool) -> None:
        with places.place(first=False, alone=alone, patience=60):
            with pytest.raises(TimeoutError), places.place(first=True, alone=True, patience=0):
                pass
            served.append(f"{who}, {places._free} free")

    heavy, light = Thread(target=wait, args=("heavy",), kwargs={"alone": True}), None
    heavy.start()
    _until(lambda: places._alone == 1, heavy)
    with pytest.raises(TimeoutError), places.place(first=False, patience=0):
        pass
    with places.place(first=True, patience=0):  # but somebody who looks
        light = Thread(target=wait, args=("light",), kwargs={"alone": False})
        light.start()
    inside.close()
    for each in (heavy, light):
        each.join(timeout=60)
    assert sorted(served) == ["heavy, 0 free", "light, 1 free"]
    assert (places._free, places._alone, places._before) == (2, 0, 0)


def test_who_wants_all_places_has_them_in_the_end_however_many_come_first() -> None:
    places, inside, served = Places(1, long=0), ExitStack(), list[str]()
    inside.enter_context(places.place(first=True, patience=0))

    def wait(who: str, *, alone: bool) -> None:
        with places.place(first=not alone, alone=alone, patience=60):
            served.append(who)

    heavy = Thread(target=wait, args=("heavy",), kwargs={"alone": True})
    heavy.start()
    _until(lambda: places._overdue == 1, heavy)
    looks = Thread(target=wait, args=("looks",), kwargs={"alone": False})
    looks.start()
    _until(lambda: places._before == 1, looks)
    inside.close()
    for each in (heavy, looks):
        each.join(timeout=60)
    assert served == ["heavy", "looks"]
    assert (places._free, places._alone, places._before, places._overdue) == (1, 0, 0, 0)


def test_whoever_gives_up_waiting_for_all_places_holds_nobody_up() -> None:
    places = Places(2)
    with places.place(first=False, patience=0):
        with pytest.raises(TimeoutError), places.place(first=False, alone=True, patience=0):
            pass
        with places.place(first=False, patience=0):
            pass
