"""Mails into a folder, a file each, for a market without a mail server: a demo, a test."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from marketplace.kernel import clock


class FolderBackend(BaseEmailBackend):
    """`<moment>-<recipient>.eml` in EMAIL_FILE_PATH, complete when it appears."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            recipient = re.sub(r"[^A-Za-z0-9.@-]", "_", (message.to or ["nobody"])[0])[:80]
            file = folder / f"{clock.now():%Y%m%dT%H%M%S%f}-{recipient}.eml"
            part = file.with_suffix(".part")
            part.write_bytes(message.message().as_bytes())
            os.replace(part, file)
        return len(email_messages)
