from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ProductIncomplete(MarketError):
    code, status = "product_incomplete", 422
    message = _("This product cannot go on sale yet: {missing}.")


class ProductChangedMeanwhile(MarketError):
    code, status = "product_changed", 409
    message = _("Somebody has changed this product since you opened it. What you entered is here, and not saved: look at it as it is now, then save again.")


class SkuTaken(MarketError):
    code, status, field = "sku_taken", 409, "sku"
    message = _("The SKU “{sku}” is used by another product. Choose another.")


class ProductCodeTaken(MarketError):
    code, status, field = "product_code_taken", 409, "source_ref"
    message = _("The product code “{taken}” belongs to “{title}” already. Write another, or leave it empty.")


class BarcodeTaken(MarketError):
    code, status, field = "barcode_taken", 409, "barcode"
    message = _("The barcode {barcode} is on “{sku}” already. Every variant has its own.")


class CannotMerge(MarketError):
    code, status, field = "cannot_merge", 409, "into"
    message = _("“{sku}” cannot be merged yet: {why}")


class SizeTableChanged(MarketError):
    code, status = "size_table_changed", 409
    message = _("Somebody has changed this size table since you opened it. Nothing was saved: load the page anew, and enter yours there.")


class SizeTableUnknown(MarketError):
    code, status = "size_table_unknown", 404
    message = _("There is no such size table in this shop.")


class ProductUnknown(MarketError):
    code, status = "product_unknown", 404
    message = _("There is no such product in this shop.")


class NeverOnSale(MarketError):
    code, status = "never_on_sale", 409
    message = _("This is a draft and was never on sale, so there is nothing to take off sale. It stays as it is.")


class TimeIsOver(MarketError):
    code, status, field = "time_is_over", 409, "listed_until"
    message = _("The time until which this product is on sale is past. Write a later one, or leave it empty; then put it on sale.")


class NotReviewed(MarketError):
    code, status = "not_reviewed", 409
    message = _("This product, or what was changed of it, has not passed the market's review. Submit it; it goes on sale when it has.")
