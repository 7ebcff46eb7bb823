"""Stock levels read without a lock, then written back: the classic way to sell more than there is."""

from __future__ import annotations

# Each piece of the statement that holds stock, and what stands there instead.
INSTEAD = {
    "FOR UPDATE OF level": "",
    "level.reserved - level.allocated AS available": "level.reserved - level.allocated AS available, level.reserved AS seen",
    "SET reserved = level.reserved + taken.pieces": "SET reserved = taken.seen + taken.pieces",
}


def apply():
    from marketplace.merchant.inventory import actions

    for piece, instead in INSTEAD.items():
        if piece not in actions.HOLD:
            raise RuntimeError(f"the statement that holds stock has no {piece!r} any more: change this mutant with it")
        actions.HOLD = actions.HOLD.replace(piece, instead, 1)
