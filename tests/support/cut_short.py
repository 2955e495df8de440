"""A copy of this process, killed for good after so many lines of the portal's: no handler of its sees that."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any


def cut_short(call: Callable[[], object], after: int, *modules: ModuleType) -> bool:
    """Was it, as ``call`` went through more lines of these modules than ``after``? Else it ended by itself."""
    child = os.fork()
    if not child:
        try:
            _count({module.__file__ for module in modules}, after)
            call()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        assert os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _count(files: set[str | None], after: int) -> None:
    left = after

    def line(_frame: FrameType, event: str, _what: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    def called(frame: FrameType, _event: str, _what: Any) -> Any:
        return line if frame.f_code.co_filename in files else None

    sys.settrace(called)
