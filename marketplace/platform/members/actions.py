"""A consumer's own things: verbs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.verbs import verb
from marketplace.platform.delivery.queries import place_of, province_of
from marketplace.platform.members.models import Address, Profile
from tenants.accounts.blocks import check_not_blocked
from tenants.accounts.models import User

FIELDS = ("recipient", "phone", "country", "province", "city", "district", "street", "postcode")


@verb
def save_address(*, by: Actor, address_id: UUID, fields: Mapping[str, str], is_default: bool) -> Address:
    """Enter or change one of the person's addresses; the first becomes the default. Raises InvalidInput, NotFound, Blocked.

    The province is one of the country's, by name, or by the code in `region`, where the market knows them.
    """
    country = fields.get("country", "CN")
    phone = parse_phone(fields.get("phone", ""), country)
    check_not_blocked(phone=phone)
    province, city, district = (fields.get(name, "").strip() for name in ("province", "city", "district"))
    place = place_of(country, fields.get("region", ""), province, city, district)
    with transaction.atomic():
        row = Address.objects.select_for_update().filter(pk=address_id).first() or Address(pk=address_id, user_id=by.person)
        if row.user_id != by.person:
            raise NotFound
        before = None if row._state.adding else row.as_kept()
        for name in FIELDS:
            setattr(row, name, fields.get(name, "").strip())
        row.phone, row.region = phone, place.code if place else ""
        row.province = province_of(place.code).written if place else province
        others = Address.objects.filter(user_id=by.person).exclude(pk=address_id)
        row.is_default = is_default or row.is_default or not others.exists()
        if row.is_default:
            others.filter(is_default=True).update(is_default=False)
        row.save()
        audit(by=by, action="address.saved", subject="address", subject_id=row.pk, before=before and {"changed": True}, after={"is_default": row.is_default})
    return row


@verb
def save_profile(*, by: Actor, name: str, phone: str, language: str) -> None:
    """What a person says of themselves; `phone` may be empty. The log notes which fields changed, not what they say.

    Raises InvalidInput.
    """
    name = " ".join(name.split())
    if len(name) > 80:
        raise InvalidInput(field="name", why=_("Write at most 80 characters."))
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput(field="language", why=_("Choose one of the languages."))
    kept_phone = parse_phone(phone, "CN") if phone.strip() else ""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.person)
        profile, _made = Profile.objects.select_for_update().get_or_create(user=user)
        changed = [
            field for field, old, new in (("name", user.name, name), ("language", user.language, language), ("phone", profile.phone, kept_phone)) if old != new
        ]
        if not changed:
            return
        user.name, user.language, profile.phone = name, language, kept_phone
        user.save(update_fields=["name", "language"])
        profile.save(update_fields=["phone"])
        audit(by=by, action="profile.saved", subject="person", subject_id=user.pk, after={"changed": changed})


@verb
def remove_address(*, by: Actor, address_id: UUID) -> None:
    """Orders keep their copies; of the others the newest becomes the default. Raises NotFound for somebody else's."""
    with transaction.atomic():
        row = Address.objects.select_for_update().filter(pk=address_id, user_id=by.person).first()
        if row is None:
            raise NotFound
        row.delete()
        if row.is_default and (heir := Address.objects.filter(user_id=by.person).order_by("-created_at").first()):
            heir.is_default = True
            heir.save(update_fields=["is_default"])
        audit(by=by, action="address.removed", subject="address", subject_id=address_id, before={"is_default": row.is_default})
