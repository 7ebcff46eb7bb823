from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NothingToSign(MarketError):
    code, status = "nothing_to_sign", 409
    message = _("There is no contract to sign now. Reload the page to see how yours stands.")


class DossierIncomplete(MarketError):
    code, status = "dossier_incomplete", 409
    message = _("A contract needs the company, its licence number and its legal representative. Hand them in on the page of your company first.")


class ContractMoved(MarketError):
    code, status = "contract_moved", 409
    message = _("The text of the contract has changed since you opened it. Read it again below, then sign.")


class ContractDecided(MarketError):
    code, status = "contract_decided", 409
    message = _("This contract does not wait for the market any more. Reload the page to see how it stands.")


class SameSigner(MarketError):
    code, status = "same_signer", 409
    message = _("You signed this contract for the shop. Somebody else has to sign it for the market.")


class TemplateFixed(MarketError):
    code, status = "template_fixed", 409
    message = _("This version was published or retired, and does not change any more. Write a new one.")


class PaperBroken(MarketError):
    code, status = "paper_broken", 409
    message = _("The file of this contract is missing or is not what was signed, so it is not handed out. The market was told.")
