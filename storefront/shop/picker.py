"""The variant picker: every choice of a listing, each leading to a variant that exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.http import QueryDict
from django.utils.translation import get_language

from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing, ListingVariant
from marketplace.platform.taxonomy.models import Attribute, AttributeValue

OPEN_OPTIONS = 12  # of one choice; what is beyond is folded


class State(StrEnum):
    """`OTHER`: with the rest of what is chosen it is not made, so it leads to the nearest that is."""

    CHOSEN = "chosen"
    FREE = "free"
    SOLD_OUT = "sold_out"
    OTHER = "other"


@dataclass
class Option:
    id: str  # of the element, so that the focus stays on it when the offer is swapped
    name: str
    language: str  # when the name is not in the page's language
    href: str
    state: State
    in_stock: bool
    picture: str = ""
    instead: str = ""  # the nearest variant in words, when the state is OTHER

    @property
    def is_plain(self) -> bool:
        """Whether it can be had as it stands."""
        return self.in_stock and self.state != State.OTHER


@dataclass
class Axis:
    name: str
    chosen: str = ""
    options: list[Option] = field(default_factory=list)

    @property
    def shown(self) -> list[Option]:
        return self.options if len(self.options) <= OPEN_OPTIONS + 2 else self.options[:OPEN_OPTIONS]

    @property
    def folded(self) -> list[Option]:
        return self.options[len(self.shown) :]

    @property
    def is_unfolded(self) -> bool:
        return any(option.state == State.CHOSEN for option in self.folded)


@dataclass(frozen=True)
class Names:
    """What a listing's numbers mean."""

    attributes: Mapping[int, Attribute]
    values: Mapping[int, AttributeValue]

    def words(self, listing: Listing, options: Mapping[str, int]) -> str:
        """A combination in words, in the order of the choices: "Jade / large"."""
        chosen = [options.get(str(axis)) for axis in listing.axes]
        return " / ".join(self.values[int(value)].name for value in chosen if value is not None and int(value) in self.values)


def chosen_variant(variants: Sequence[ListingVariant], asked: str) -> ListingVariant:
    """The one the address names, else the first that can be had, else the first."""
    return next((v for v in variants if str(v.pk) == asked), None) or next((v for v in variants if v.in_stock), variants[0])


def axes_of(listing: Listing, variants: Sequence[ListingVariant], chosen: ListingVariant, names: Names, shown: Mapping[int, str], base: str) -> list[Axis]:
    """The choices of a listing. `shown` are keys of pictures by value, `base` is the address that takes `?variant=`."""
    if len(variants) < 2:
        return []
    here = (get_language() or "").lower()
    axes = []
    for attribute_id in listing.axes:
        key = str(attribute_id)
        found = names.attributes.get(attribute_id)
        axis = Axis(found.name if found else "")
        for value in dict.fromkeys(variant.options.get(key) for variant in variants):
            if value is None or int(value) not in names.values:
                continue
            wanted = {**chosen.options, key: value}
            target = _nearest([v for v in variants if v.options.get(key) == value], wanted)
            name = localised(names.values[int(value)].names)
            option = Option(
                id=f"{attribute_id}-{value}",
                name=name.text,
                language="" if name.language == here else name.language,
                href=f"{base}?variant={target.pk}",
                state=State.FREE if target.in_stock else State.SOLD_OUT,
                in_stock=target.in_stock,
                picture=shown.get(int(value), ""),
            )
            if chosen.options.get(key) == value:
                option.state, axis.chosen = State.CHOSEN, option.name
            elif target.options != wanted:
                option.state, option.instead = State.OTHER, names.words(listing, target.options)
                option.href += "&wanted=" + "-".join(str(wanted[str(axis_id)]) for axis_id in listing.axes if str(axis_id) in wanted)
            axis.options.append(option)
        axes.append(axis)
    return axes


def _nearest(variants: Sequence[ListingVariant], wanted: Mapping[str, int]) -> ListingVariant:
    """The variant that agrees with most of what is wanted; of equals one that can be had, then the first."""
    return max(variants, key=lambda v: (sum(v.options.get(key) == value for key, value in wanted.items()), v.in_stock, -v.position))


def unmade(listing: Listing, variants: Sequence[ListingVariant], parameters: QueryDict, names: Names) -> str:
    """The combination the address asked for in vain (`?wanted=1-2`, a value of each choice), in words; "" when there is none."""
    asked = parameters.get("wanted", "")
    parts = [int(part) for part in asked.split("-") if part.isascii() and part.isdigit() and len(part) < 10]
    offered = {key: {int(v.options[key]) for v in variants if key in v.options} for key in map(str, listing.axes)}
    wanted = {key: value for (key, values), value in zip(offered.items(), parts, strict=False) if value in values}
    if len(parts) != len(offered) or len(wanted) != len(offered) or any(v.options == wanted for v in variants):
        return ""
    return names.words(listing, wanted)
