from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class PictureUnknown(MarketError):
    code, status = "picture_unknown", 404
    message = _("There is no such picture in this shop's library.")


class FilmUnknown(MarketError):
    code, status = "film_unknown", 404
    message = _("There is no such film in this shop's library.")


class StillUsed(MarketError):
    code, status = "still_used", 409
    message = _("“{name}” is used: {where}. Take it out there first, then delete it.")


class PictureTaken(MarketError):
    code, status, field = "picture_taken", 409, "picture"
    message = _("This picture is in the library already, as “{name}”. Choose it where you need it instead.")


class UsedTooOften(MarketError):
    code, status = "used_too_often", 409
    message = _("More than {most} products use this picture. Change it in them by an import.")


class UseNotFollowed(MarketError):
    code, status = "use_not_followed", 409
    message = _("“{product}” uses this picture and cannot be submitted for review as it is, so nothing was changed: {why}")
