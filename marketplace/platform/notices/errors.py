from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NoticeUnknown(MarketError):
    code, status = "notice_unknown", 404
    message = _("There is no such notice, or it is somebody else's.")


class BadReport(MarketError):
    code, status = "bad_report", 422
    message = _("This report says nothing that can be understood. What it has to say stands in docs/notices.md.")


class CodeWrong(MarketError):
    code, status = "code_wrong", 422
    message = _("This is not the code we sent. Look again, or have another one sent.")
    field = "code"


class CodeOver(MarketError):
    code, status = "code_over", 409
    message = _("The code has run out. Have another one sent.")
    field = "code"


class CodeTooSoon(MarketError):
    code, status = "code_too_soon", 429
    message = _("A code was sent to you a moment ago. Wait a minute before you have another one sent.")
    field = "number"


class NoSms(MarketError):
    code, status = "no_sms", 409
    message = _("This market sends no SMS.")


class NotSentAgain(MarketError):
    code, status = "not_sent_again", 409
    message = _("Only what has failed can be sent again, and only while its text is kept.")
