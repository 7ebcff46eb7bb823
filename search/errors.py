from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class RuleUnknown(MarketError):
    code, status = "search_rule_unknown", 404
    message = _("This rule of search is not there any more. Its history stands among the changes.")


class RuleChanged(MarketError):
    code, status = "search_rule_changed", 409
    message = _("Somebody has changed this rule while you looked at it. Load the page again; nothing was kept.")


class ChangeTakenBack(MarketError):
    """It was taken back already, or the rule was changed since: the later change is to be taken back first."""

    code, status = "search_change_taken_back", 409
    message = _("This change cannot be taken back: it was already, or the rule was changed after it. Take the latest change back first.")
