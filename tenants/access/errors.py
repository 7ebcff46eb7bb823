from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class StaffUnknown(MarketError):
    code, status = "staff_unknown", 404
    message = _("This person does not work here (any more). Reload the list to see who does.")


class NotYourself(MarketError):
    code, status = "not_yourself", 409
    message = _("Nobody changes their own roles or ends their own work here: an owner or operator other than you has to do it.")


class OwnHands(MarketError):
    """Who judges a shop for the market does not work for it."""

    code, status = "own_hands", 403
    message = _("You work for “{shop}” yourself: somebody else of the market decides this. Nothing was changed.")


class RoleKept(MarketError):
    code, status = "role_kept", 409
    message = _("Somebody has to keep the role “{role}”: this is the last person who has it. Give it to somebody else first.")
    field = "roles"


class BeyondYourRights(MarketError):
    code, status = "beyond_your_rights", 403
    message = _("This needs rights you do not have yourself: {rights}. Ask {who}.")
    field = "roles"


class DutiesClash(MarketError):
    code, status = "duties_clash", 409
    message = _("One person may not hold both “{first}” and “{second}” here: {why}. Give one of them to somebody else.")
    field = "roles"


class RoleMissing(MarketError):
    code, status = "role_missing", 422
    message = _("Choose at least one role.")
    field = "roles"


class RoleUnknown(MarketError):
    code, status = "role_unknown", 404
    message = _("There is no such role here (any more). Reload the page to see those there are.")
    field = "roles"


class RoleBuiltIn(MarketError):
    code, status = "role_built_in", 409
    message = _("“{role}” comes with the market and stays as it is. Copy it, and change the copy.")


class RoleInUse(MarketError):
    code, status = "role_in_use", 409
    message = _("“{role}” is in use: {who}. Give them another role, or take the invitation back, and try again.")


class TooManyRoles(MarketError):
    code, status = "too_many_roles", 409
    message = _("There are {most} roles of your own. Delete one first.")
