"""Small files read side by side: planning a statement takes longer than running it, and needs one core only.

How a file is read belongs to record_reader.py; in which order results are entered, to land.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from orchestration.landing.database import open_database
from orchestration.landing.judgement_sql import DateBounds
from orchestration.landing.record_reader import Counted, RecordReader
from orchestration.settings import Settings

READERS = 2

Work = Callable[[RecordReader], Counted]


class Readers:
    """Readers over one database, so that its limits of memory and threads hold for all of them."""

    def __init__(self, pool: ThreadPoolExecutor, readers: list[RecordReader]) -> None:
        self._pool = pool
        self._idle: SimpleQueue[RecordReader] = SimpleQueue()
        for reader in readers:
            self._idle.put(reader)

    def start(self, work: Work) -> Future[Counted]:
        """Have the work done by the next idle reader."""
        return self._pool.submit(self._do, work)

    def _do(self, work: Work) -> Counted:
        reader = self._idle.get()
        try:
            return work(reader)
        finally:
            self._idle.put(reader)


@contextmanager
def open_readers(settings: Settings, bounds: DateBounds) -> Iterator[Readers]:
    """Readers for the block; what was started in it has ended when it is left."""
    with open_database(settings) as database:
        connections = [database.cursor() for _ in range(READERS)]
        pool = ThreadPoolExecutor(READERS, thread_name_prefix="landing")
        readers = [RecordReader(connection, bounds) for connection in connections]
        try:
            yield Readers(pool, readers)
        except BaseException:
            for reader in readers:
                reader.interrupt()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
