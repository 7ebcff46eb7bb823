"""A consumer's own things: verbs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import phonenumbers
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.verbs import verb
from marketplace.platform.members.models import Address

FIELDS = ("recipient", "phone", "country", "province", "city", "district", "street", "postcode")


@verb
def save_address(*, by: Actor, address_id: UUID, fields: Mapping[str, str], is_default: bool) -> Address:
    """Enter or change one of the person's addresses; the first becomes the default. Raises InvalidInput, NotFound."""
    phone = parse_phone(fields.get("phone", ""), fields.get("country", "CN"))
    with transaction.atomic():
        row = Address.objects.select_for_update().filter(pk=address_id).first() or Address(pk=address_id, user_id=by.person)
        if row.user_id != by.person:
            raise NotFound
        before = None if row._state.adding else row.as_kept()
        for name in FIELDS:
            setattr(row, name, fields.get(name, "").strip())
        row.phone = phone
        others = Address.objects.filter(user_id=by.person).exclude(pk=address_id)
        row.is_default = is_default or row.is_default or not others.exists()
        if row.is_default:
            others.filter(is_default=True).update(is_default=False)
        row.save()
        audit(by=by, action="address.saved", subject="address", subject_id=row.pk, before=before and {"changed": True}, after={"is_default": row.is_default})
    return row


@verb
def remove_address(*, by: Actor, address_id: UUID) -> None:
    """Orders keep their copies. Raises NotFound for somebody else's."""
    with transaction.atomic():
        if not Address.objects.filter(pk=address_id, user_id=by.person).delete()[0]:
            raise NotFound
        audit(by=by, action="address.removed", subject="address", subject_id=address_id)


def parse_phone(text: str, country: str) -> str:
    """A number as E.164. Raises InvalidInput."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInput(field="phone", why=_("“{text}” is not a phone number. Write all digits, with +country code when it is abroad.").format(text=text))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
