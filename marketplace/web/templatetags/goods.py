"""Kinds of goods beyond the plain parcel, in back offices."""

from __future__ import annotations

from django import template

from marketplace.web.seller.bundles import shown_bundle

register = template.Library()
register.simple_tag(shown_bundle, name="bundle_of")
