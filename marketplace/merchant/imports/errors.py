from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ImportUnknown(MarketError):
    code, status = "import_unknown", 404
    message = _("This import does not exist in this shop.")


class ImportMoved(MarketError):
    code, status = "import_moved", 409
    message = _("This import has gone on in the meantime. Reload the page to see how it stands.")


class ImportCleared(MarketError):
    code, status = "import_cleared", 410
    message = _("The file of this import was deleted {days} days after the last thing that was done with it. Hand it in again.")


class TooManyImports(MarketError):
    code, status = "too_many_imports", 429
    message = _("{most} imports of this shop are running. Wait until one has ended, or stop it.")


class TableUnreadable(MarketError):
    code, status, field = "table_unreadable", 422, "table"
    message = _("This file cannot be read as a table: {why}")
