"""A story that is interrupted at every call of a port, once in each of four ways, and what is left of it then.

Each step of the story is played in a copy of this process (``os.fork``) and of its data for every call that it makes:
there the call is cut short, the portal is started again if that ended it, and the person does what people do: look, and
do it again if it does not show. Then owed emails go out, and what is there is held against the step without any harm.
"""

import os
import pickle
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial, wraps
from typing import Any, Final, Protocol

from portal.core.errors import MailDeferred, PortalError, Unavailable
from portal.house import Engine
from portal.usecases.outbox import LEASE


class Harm(StrEnum):
    """What happens at a call."""

    KILLED_BEFORE = "the process ends before it"
    KILLED_AFTER = "the process ends after it"
    REFUSED = "it is refused, and nothing is done"
    UNANSWERED = "it is done, and the answer is lost"


class Killed(BaseException):
    """The process is gone: no handler of the portal's sees this."""


@dataclass
class Fuse:
    """Counts the calls of ports, and does harm at one of them.

    Attributes:
        at: at which call, 0 for the first; -1 at none.
        calls: each so far, ``records.commit`` say.
    """

    at: int = -1
    harm: Harm = Harm.REFUSED
    calls: list[str] = field(default_factory=list)
    is_lit: bool = False

    def light(self) -> None:
        """From now on it counts: the portal stands, and somebody begins to do something."""
        self.is_lit = True

    def before(self, engine: Engine) -> Engine:
        """The same engine, each call of whose ports goes through here."""
        around: Callable[[str, Any], Any] = lambda name, port: _Fused(name, port, self)  # noqa: E731
        receiver = engine.receiver and around("receiver", engine.receiver)
        ports = {name: around(name, getattr(engine, name)) for name in ("records", "files", "mail")}
        return replace(engine, receiver=receiver, **ports)

    def call(self, name: str, call: Callable[[], Any]) -> Any:
        if not self.is_lit:
            return call()
        self.calls.append(name)
        if len(self.calls) - 1 != self.at:
            return call()
        if self.harm is Harm.KILLED_BEFORE:
            raise Killed
        if self.harm is not Harm.REFUSED:
            done = call()
            if isinstance(done, Iterator):
                list(done)
            if self.harm is Harm.KILLED_AFTER:
                raise Killed
        raise (
            MailDeferred("mail_deferred", answer="", relay=True)
            if name == "mail.send"
            else Unavailable("store_unavailable")
        )


class _Fused:
    def __init__(self, name: str, port: Any, fuse: Fuse) -> None:
        self._name, self._port, self._fuse = name, port, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found) or name == "close":
            return found

        @wraps(found)
        def fused(*args: Any, **named: Any) -> Any:
            return self._fuse.call(f"{self._name}.{name}", lambda: found(*args, **named))

        return fused


class World(Protocol):
    """A portal with its people, as a story has it.

    ``copied``: the same in a process that was copied, on data of its own, with this fuse. ``start``: the portal anew on
    the same data, as after it was killed. ``left``: all that is there now, as plain values (``Left``).
    """

    def copied(self, fuse: Fuse) -> None: ...
    def start(self, fuse: Fuse) -> None: ...
    def deliver(self) -> None: ...
    def wait(self, span: timedelta) -> None: ...
    def chores(self) -> None: ...
    def left(self) -> "Left": ...


@dataclass(frozen=True)
class Left:
    """What is there after a step.

    Attributes:
        events: what was done about each case.
        mail: to whom which subject went, and how often; ticket numbers, which differ, are left out.
        claims: names that are held.
        damage: cases whose chain is bent.
        orphans: files that nothing names, after whatever is not named has had its time to be cleared away.
        missing: files that something names and that are not there.
    """

    events: Sequence[Sequence[str]]
    mail: Mapping[str, int]
    claims: Sequence[str] = ()
    damage: Sequence[str] = ()
    orphans: Sequence[str] = ()
    missing: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """What somebody does: ``act`` does it unless it shows that it is done, so that it may be done again."""

    name: str
    act: Callable[[], Any]
    interrupted: bool = True


@dataclass(frozen=True)
class Point:
    """One interruption and what came of it.

    Attributes:
        twice: emails that went out twice.
        wrong: what should not be, in words; empty if all is well.
    """

    step: str
    call: str
    harm: Harm
    twice: int = 0
    wrong: str = ""


MAY_REPEAT: Final = {
    ("mail.send", Harm.KILLED_AFTER),
    ("mail.send", Harm.UNANSWERED),
    ("records.settle_notice", Harm.KILLED_BEFORE),
    ("records.settle_notice", Harm.REFUSED),
}
"""Where an email may go out twice: what ended lay between sending it and marking it as sent."""


def interrupt(world: World, steps: Sequence[Step], chosen: Callable[[int], bool]) -> Iterator[Point]:
    """Play the story; each of its calls is interrupted in copies of it, then it goes on unharmed.

    Args:
        chosen: is a point tried? By its number from the beginning of the story, so that a few can stand for all.
    """
    number = 0
    for step in steps:
        if step.interrupted:
            calls, whole = _in_a_copy(partial(_unharmed, world, step))
            for at, call in enumerate(calls):
                for harm in Harm:
                    if chosen(number):
                        yield _in_a_copy(partial(_harmed, world, step, at, call, harm, whole))
                    number += 1
        step.act()


def _unharmed(world: World, step: Step) -> tuple[Sequence[str], Left]:
    fuse = Fuse()
    world.copied(fuse)
    step.act()
    calls = list(fuse.calls)
    return calls, _settled(world)


def _harmed(world: World, step: Step, at: int, call: str, harm: Harm, whole: Left) -> Point:
    try:
        left = _recovered(world, step, Fuse(at, harm))
    except (AssertionError, LookupError, PortalError) as problem:
        return Point(step.name, call, harm, wrong=f"not done in the end: {problem}")
    twice = Counter(left.mail) - Counter(whole.mail)
    wrong = [
        f"{name}: {there!r} instead of {wanted!r}"
        for name, wanted in vars(whole).items()
        if (there := getattr(left, name)) != wanted and name != "mail"
    ]
    wrong += [f"lost: {mail}" for mail in Counter(whole.mail) - Counter(left.mail)]
    if (call, harm) not in MAY_REPEAT:
        wrong += [f"again: {mail}" for mail in twice]
    return Point(step.name, call, harm, twice.total(), "; ".join(wrong))


def _recovered(world: World, step: Step, fuse: Fuse) -> Left:
    world.copied(fuse)
    try:
        step.act()
    except Killed:
        world.start(Fuse())
        step.act()
    except (AssertionError, LookupError, PortalError):  # a page that says so where the story expects another
        step.act()
    return _settled(world)


def _settled(world: World) -> Left:
    """Once whatever was held by somebody who is gone is free again, the chores are done, and all is sent."""
    world.wait(LEASE + timedelta(minutes=8))
    world.chores()
    world.deliver()
    return world.left()


def _in_a_copy(play: Callable[[], Any]) -> Any:
    """What it returns in a copy of this process, which is gone afterwards."""
    here, there = os.pipe()
    child = os.fork()
    if not child:
        try:
            answer = pickle.dumps(play())
        except BaseException:
            answer = pickle.dumps(_Failed(traceback.format_exc()))
        with os.fdopen(there, "wb") as out:
            out.write(answer)
        os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as answered:
        said = pickle.loads(answered.read())
    os.waitpid(child, 0)
    if isinstance(said, _Failed):
        raise AssertionError(said.how)
    return said


@dataclass(frozen=True)
class _Failed:
    how: str
