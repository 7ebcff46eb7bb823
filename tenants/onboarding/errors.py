from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ApplicationUnknown(MarketError):
    code, status = "application_unknown", 404
    message = _("There is no application with this number, or it is not yours.")


class ApplicationClosed(MarketError):
    code, status = "application_closed", 409
    message = _("This application cannot be changed now: {status}. Open it to see how it stands.")


class ApplicationIncomplete(MarketError):
    code, status = "application_incomplete", 422
    message = _("The application lacks: {missing}. What you entered is kept; add these and submit it again.")


class OwnApplication(MarketError):
    code, status = "own_application", 403
    message = _("This application is yours: somebody else of the market reviews it. Nothing was changed.")


class StepNotDue(MarketError):
    code, status = "step_not_due", 409
    message = _("This review is not due: it was decided already, or the one before it has not passed. Reload the page to see how it stands.")


class StepLacks(MarketError):
    code, status = "step_lacks", 409
    message = _("This step cannot pass yet, because it is asked of the applicant and is not there: {what}. Ask for it, or do without it with a reason.")


class ConfirmAddressFirst(MarketError):
    code, status = "confirm_address_first", 409
    message = _("Confirm your e-mail address “{email}” first, by the link in the letter we sent there. Then submit the application.")


class RequirementUnknown(MarketError):
    code, status = "requirement_unknown", 404
    message = _("There is no requirement like this.")


class RequirementNotAsked(MarketError):
    code, status = "requirement_not_asked", 409
    message = _("This is not asked of your shop. Reload the page to see what is.")


class PaperDecided(MarketError):
    code, status = "paper_decided", 409
    message = _("This document no longer waits: somebody decided over it already. Reload the page to see how it stands.")


class QualificationEnded(MarketError):
    code, status = "qualification_ended", 409
    message = _("This qualification does not hold any more. Reload the page to see how it stands.")


class DossierChangeDecided(MarketError):
    code, status = "dossier_change_decided", 409
    message = _("This change does not wait any more: it was decided, replaced or taken back. Reload the page to see how it stands.")


class NothingNewMeanwhile(MarketError):
    code, status = "nothing_new_meanwhile", 409
    message = _("Nothing new can be put on sale: {why} What is on sale stays.")
