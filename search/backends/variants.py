"""Which variants of the listings found hold what is chosen of several options: for counting. Only listings with gaps in their table of variants are here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

type_ints = NDArray[np.integer[Any]]
type_mask = NDArray[np.bool_]

HEAD = 7  # words before the values in PostgreSQL's binary form of an array of two dimensions; number 3 counts its rows, number 5 its columns
BITS = 32  # of a key of anything


@dataclass(frozen=True)
class Variants:
    """`listings`: how many were found altogether, with and without gaps. Everything else is in rows: of a variant its listing; of a value of a variant
    the variant and the value; of an attribute that tells the variants of a listing apart the listing and the attribute."""

    listings: int
    holder: type_ints
    variant: type_ints
    value: type_ints
    apart_holder: type_ints
    apart: type_ints

    @classmethod
    def unpack(cls, options: bytes, sizes: bytes) -> Variants:
        """From arrays as packing.options_of makes them, one behind another as PostgreSQL sends them; a size in bytes for each listing, 0 for one without."""
        lengths = np.frombuffer(sizes, ">i4").astype(np.int64) // 4
        words = np.frombuffer(options, ">i4").astype(np.int64)
        (listing,) = np.nonzero(lengths)
        starts = (np.cumsum(lengths) - lengths)[listing]
        rows, width = words[starts + 3], words[starts + 5]
        size = rows * width
        of = np.repeat(np.arange(len(listing)), size)  # which of the arrays each of their numbers stands in
        place = np.arange(len(of)) - np.repeat(np.cumsum(size) - size, size)
        number = words[starts[of] + HEAD + 2 * place + 1]  # each behind its own length
        first = np.cumsum(rows - 1) - (rows - 1)
        is_value, is_apart = number > 0, number < 0
        return cls(
            len(lengths),
            np.repeat(listing, rows - 1),
            (first[of] + place // width[of] - 1)[is_value],
            number[is_value],
            listing[of[is_apart]],
            -number[is_apart],
        )

    def fitting(self, chosen: Mapping[int, frozenset[int]]) -> type_mask:
        """The variants that hold one of the values of each attribute by which those of their listing are told apart."""
        fits = np.ones(len(self.holder), bool)
        for attribute, values in chosen.items():
            holds, asks = np.zeros(len(self.holder), bool), np.zeros(self.listings, bool)
            holds[self.variant[np.isin(self.value, list(values))]] = True
            asks[self.apart_holder[self.apart == attribute]] = True
            fits &= holds | ~asks[self.holder]
        return fits

    def listings_with(self, fits: type_mask) -> type_mask:
        """The listings that have such a variant, or no gaps."""
        mask = np.ones(self.listings, bool)
        mask[self.holder] = False
        mask[self.holder[fits]] = True
        return mask

    def pairs_with(self, fits: type_mask, kind: type_ints, value: type_ints, holder: type_ints) -> type_mask:
        """Of the pairs of all listings those that such a variant holds, and those by which no variants are told apart."""
        mask = np.ones(len(kind), bool)
        has_gaps = np.zeros(self.listings, bool)
        has_gaps[self.holder] = True
        (looked_at,) = np.nonzero(has_gaps[holder] & (kind > 0))
        held = fits[self.variant]
        own = _keys(holder[looked_at], value[looked_at])
        tells_apart = np.isin(_keys(holder[looked_at], kind[looked_at]), _keys(self.apart_holder, self.apart))
        mask[looked_at] = ~tells_apart | np.isin(own, _keys(self.holder[self.variant[held]], self.value[held]))
        return mask


def _keys(holder: type_ints, of: type_ints) -> type_ints:
    """A number for a listing and something of it."""
    return holder.astype(np.int64) << BITS | of
