from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class AddressUnconfirmed(MarketError):
    code, status = "address_unconfirmed", 409
    message = _(
        "Somebody registered with “{email}” and has not shown that this mailbox is theirs. Ask the owner of the mailbox to set "
        "a new password by “Forgotten your password?”, and try again."
    )


class InvitationUnknown(MarketError):
    code, status = "invitation_unknown", 404
    message = _("This invitation does not exist. Ask for a new one, or open the newest letter: a letter sent again makes older links useless.")


class InvitationOver(MarketError):
    code, status = "invitation_over", 410
    message = _("This invitation cannot be used any more: it was accepted, taken back, or is older than {days} days. Ask {who} for a new one.")


class InvitedElse(MarketError):
    code, status = "invited_else", 403
    message = _("This invitation is for {email}. Sign out, then sign in or register with that address, and open the link again.")


class InvitedAlready(MarketError):
    code, status = "invited_already", 409
    message = _("There is an open invitation to {email} already. Send it again, or take it back first.")
    field = "email"


class WorksHereAlready(MarketError):
    code, status = "works_here_already", 409
    message = _("{email} works here already. Change their roles on their page instead.")
    field = "email"


class TooManyInvitations(MarketError):
    code, status = "too_many_invitations", 409
    message = _("There are {most} open invitations. Take one back first.")


class SupportUnknown(MarketError):
    code, status = "support_unknown", 404
    message = _("There is no such support access, or it is not yours.")


class SupportOpen(MarketError):
    code, status = "support_open", 409
    message = _("You have asked this shop already, or are let in. Wait for its answer, or end that first.")


class SupportOver(MarketError):
    code, status = "support_over", 409
    message = _("This was answered or ended in the meantime. Reload the page to see how it stands.")


class SignInUnknown(MarketError):
    code, status = "sign_in_unknown", 404
    message = _("There is no such device of yours. Reload the page to see those there are.")


class PersonUnknown(MarketError):
    code, status = "person_unknown", 404
    message = _("There is no such person.")


class AccountClosed(MarketError):
    code, status = "account_closed", 409
    message = _("This account is closed already: {how}. Nothing was changed.")


class AccountOpen(MarketError):
    code, status = "account_open", 409
    message = _("This account is open, or was deleted or merged for good. Nothing was changed.")


class WorksForMarket(MarketError):
    code, status = "works_for_market", 409
    message = _("{email} works for the market. End their work under Staff first.")


class LastOwner(MarketError):
    code, status = "last_owner", 409
    message = _("{email} is the only owner of “{shop}” who can sign in. Have somebody else made an owner first, or ask to suspend the shop.")


class BlockUnknown(MarketError):
    code, status = "block_unknown", 404
    message = _("This block does not exist.")


class BlockedAlready(MarketError):
    code, status = "blocked_already", 409
    message = _("“{value}” is blocked already. Lift that block first if its end or its reason has to change.")
    field = "value"


class BlocksOwnPeople(MarketError):
    code, status = "blocks_own_people", 409
    message = _(
        "“{value}” is used by you or by somebody who works for the market. Nobody of the market is kept out this way; end their access on their page instead."
    )
    field = "value"


class Blocked(MarketError):
    code, status = "blocked", 403
    message = _("This cannot be used here. If you think that is a mistake, write to the market’s support.")
