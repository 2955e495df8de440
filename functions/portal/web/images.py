"""The pictures of documents' pages that were drawn last, so that whoever looks again has them at once.

In memory only and for the present process; who may look is asked before, by the page that shows them.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

from portal.core.errors import Unavailable

Key = tuple[str, int, int, str]


class PageImages:
    """Page images by document, page, width and stamp, drawn when they are first asked for.

    Drawing takes a process of its own for some tenths of a second, and each request that waits for one holds a thread
    of the server. So only some may wait, and the rest hear at once that they are to come back.

    Args:
        draw: ``inspection.page_image``: content, media type, page, width, stamp.
        kept: how many pictures; of the usual widths they take some 0.2 MB each.
        waiting: how many requests may be at drawing, or wait for their turn, at one time.
    """

    def __init__(self, draw: Callable[[bytes, str, int, int, str], bytes], kept: int = 128, waiting: int = 6) -> None:
        self._draw = draw
        self._kept = kept
        self._images: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(waiting)

    def page(self, read: Callable[[], bytes], mark: str, media_type: str, page: int, width: int, stamp: str) -> bytes:
        """A stamped page as a JPEG.

        Args:
            read: gives the document's content; asked only if the page has to be drawn.
            mark: SHA-256 of that content.

        Raises:
            Unavailable: too many are waiting already (``page_images_busy``).
            NotFound, DocumentRefused, Unavailable: as for ``inspection.page_image``.
        """
        key = (mark, page, width, stamp)
        if (known := self._known(key)) is not None:
            return known
        image = self.in_turn(lambda: self._draw(read(), media_type, page, width, stamp))
        self._keep(key, image)
        return image

    def in_turn(self, draw: Callable[[], bytes]) -> bytes:
        """What is drawn by a process of its own, where not too many are waiting for one already.

        Raises:
            Unavailable: as for ``page``; and whatever ``draw`` raises.
        """
        if not self._places.acquire(blocking=False):
            raise Unavailable("page_images_busy")
        try:
            return draw()
        finally:
            self._places.release()

    def _known(self, key: Key) -> bytes | None:
        with self._lock:
            if key in self._images:
                self._images.move_to_end(key)
            return self._images.get(key)

    def _keep(self, key: Key, image: bytes) -> None:
        with self._lock:
            self._images[key] = image
            if len(self._images) > self._kept:
                self._images.popitem(last=False)
