"""Sealers and writers at once, on a real database: one chain a log, every row once."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from marketplace.kernel.models import AuditLink, AuditSeal
from marketplace.kernel.sealing import MARKET, seal_all
from tests.kernel.tampering import A, found, write

pytestmark = pytest.mark.usefixtures("own_database")


def test_two_sealers_at_once_make_one_chain():
    """Four of them, over and over, while four writers commit."""
    stop, failed, written = threading.Event(), [], []

    def sealing():
        try:
            while not stop.is_set():
                seal_all(at_once=7)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    def writing():
        for n in range(25):
            written.extend(write(3, A if n % 2 else None))
        connections.close_all()

    sealers, writers = [[threading.Thread(target=do) for _n in range(4)] for do in (sealing, writing)]
    for thread in (*sealers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    seal_all()
    assert failed == [] and len(written) == 300
    assert AuditLink.objects.filter(event_id__in=written).count() == 300
    assert found() == []
    for log in (A, MARKET):
        numbers = list(AuditSeal.objects.filter(log=log).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
