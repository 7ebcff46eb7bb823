"""What is known of a person, with its middle hidden: enough to tell two apart."""

from __future__ import annotations


def masked_email(email: str) -> str:
    """`l***n@kiln.localhost`; the ends of a name of three signs or more, else the first sign alone."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}***{name[-1:] if len(name) > 2 else ''}@{host}" if host else "***"


def masked_phone(phone: str) -> str:
    """`+86 138 •••• 2046` of a number as E.164; nothing of none."""
    if not phone:
        return ""
    if len(phone) <= 8:
        return "••••"
    country, rest = ("+86 ", phone[3:]) if phone.startswith("+86") else ("", phone)
    return f"{country}{rest[:-8]} •••• {phone[-4:]}"


def masked_street(street: str) -> str:
    """The first four signs of a street."""
    return f"{street[:4]}••••" if street else ""
