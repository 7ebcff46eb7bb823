"""Mail: by Django's mail backend, which is an SMTP server, or a folder where there is none."""

from __future__ import annotations

import smtplib

from marketplace.platform.notices.channels.port import Away, Refused, Taken
from marketplace.platform.notices.kinds import kind_of
from marketplace.platform.notices.models import Dispatch
from marketplace.platform.notices.refusing import refuse_address
from tenants.accounts.letters import forget_text, hand_over_letter

NO_SUCH_MAILBOX = {550, 551, 553}  # RFC 5321: mailbox unavailable, not local, name not allowed


def send(dispatch: Dispatch) -> Taken:
    """Its text is forgotten once the mail server has it. Raises Refused, Away."""
    letter = dispatch.letter
    if letter is None or letter.sent_at:
        raise Refused("its text is gone")
    try:
        hand_over_letter(letter, name=dispatch.pk.hex, headers=_headers(dispatch))
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()), (0, b""))
        raise _answered(code, _text(said), of_address=True) from refused
    except smtplib.SMTPResponseException as refused:
        raise _answered(refused.smtp_code, _text(refused.smtp_error), of_address=False) from refused
    except (OSError, smtplib.SMTPException) as away:
        raise Away(f"{type(away).__name__}: {away}") from away
    forget_text(letter)
    return Taken()


def _headers(dispatch: Dispatch) -> dict[str, str]:
    notice = dispatch.notice
    if notice.person_id is None or not kind_of(notice.kind).may_refuse_mail:
        return {}
    # RFC 8058: mail programs offer their own button, and send a POST there.
    return {"List-Unsubscribe": f"<{refuse_address(notice.person_id, notice.kind)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _answered(code: int, said: str, *, of_address: bool) -> Exception:
    """4xx means later. 5xx is for good, and about the mailbox only where it says so."""
    if 500 <= code < 600:
        return Refused(f"{code} {said}", is_dead=of_address and code in NO_SUCH_MAILBOX)
    return Away(f"{code} {said}")


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
