from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class AddressUnconfirmed(MarketError):
    code, status = "address_unconfirmed", 409
    message = _(
        "Somebody registered with “{email}” and has not shown that this mailbox is theirs. Ask the owner of the mailbox to set "
        "a new password by “Forgotten your password?”, and try again."
    )
