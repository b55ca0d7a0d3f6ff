"""Who does a campaign's runs: this process, processes of this machine, or a cluster; the rows are the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from itertools import islice
from typing import Any

from iatro_governor.errors import TrialError
from iatro_governor.trial.case import Case, Setting, play
from iatro_governor.trial.outcomes import Outcome

AHEAD = 4
"""Runs handed out for each worker at a time: enough that none waits, few enough that little is lost."""
RETRIES = 2
"""How often a run is given to another worker when one dies with it."""


def done(setting: Setting, cases: Sequence[Case], workers: int, scheduler: str | None) -> Iterator[Outcome]:
    """The row of each case, as they come in.

    One worker is this process. More are processes that Dask starts on this machine, and which listen to it alone. A
    ``scheduler`` (tcp://HOST:PORT) brings its own workers. Raises TrialError where that cannot be reached, and what a
    run raised where one failed.
    """
    if scheduler is None and workers == 1:
        return (play(setting, case) for case in cases)
    return _by_dask(setting, cases, workers, scheduler)


def _by_dask(
    setting: Setting, cases: Sequence[Case], workers: int, scheduler: str | None
) -> Iterator[Outcome]:
    distributed: Any = import_module("distributed")
    with ExitStack() as stack:
        client: Any = stack.enter_context(_client(stack, workers, scheduler))
        [shared] = client.scatter([setting], broadcast=True)
        waiting = iter(cases)
        threads = max(sum(client.nthreads().values()), 1)

        def hand_out(count: int) -> list[Any]:
            batch = list(islice(waiting, count))
            return [
                client.submit(play, shared, case, key=f"run-{case.key}", retries=RETRIES, pure=False)
                for case in batch
            ]

        running = distributed.as_completed(hand_out(AHEAD * threads))
        for future in running:
            outcome: Outcome = future.result()
            future.release()
            yield outcome
            for more in hand_out(1):
                running.add(more)


def _client(stack: ExitStack, workers: int, scheduler: str | None) -> AbstractContextManager[Any]:
    dask: Any = import_module("dask")
    distributed: Any = import_module("distributed")
    if scheduler is not None:
        try:
            client: AbstractContextManager[Any] = distributed.Client(scheduler, timeout="10s")
        except (OSError, ValueError, TimeoutError) as error:
            raise TrialError(
                f"--scheduler {scheduler}: cannot be reached ({error}); give tcp://HOST:PORT of a running Dask"
                " scheduler, or leave it out to use this machine"
            ) from error
        return client
    # A run is one thread's work: libraries that start more would only take turns with each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    stack.enter_context(dask.config.set({"distributed.worker.memory.terminate": False}))
    cluster = stack.enter_context(
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port: other campaigns may run beside
            worker_dashboard_address=None,
            silence_logs=40,
        )
    )
    local: AbstractContextManager[Any] = distributed.Client(cluster)
    return local
