"""Every log line carries the request, merchant and person it belongs to."""

from __future__ import annotations

import logging

from marketplace.kernel.context import running


class Context(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        now = running.get()
        record.request_id, record.merchant, record.user = now.request_id, now.merchant, now.user
        return True
