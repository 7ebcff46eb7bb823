"""Every word of the rail counts as news, however often it comes: neither the notice's id nor the attempt's state is asked."""

from __future__ import annotations


def apply():
    from uuid import uuid4

    from marketplace.flows import pay
    from storefront.checkout import rails

    take = rails.take_notice
    rails.take_notice = lambda **told: take(**{**told, "notice_id": f"{told['notice_id']}:{uuid4()}"})

    known = pay.note_succeeded

    def always(**asked):
        known(**asked)
        return True

    pay.note_succeeded = always
