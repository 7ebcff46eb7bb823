"""What a shop takes along: one table for each kind of thing, read a few hundred rows at a time, in the shop's open schema.

A part that keeps something of a shop adds its table to PARTS, or its files to FILES (files.py). Of buyers goes along what the shop holds by
itself: the address on its own orders. Who somebody is at the market does not.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.merchant.aftersales.models import Return, ReturnLine
from marketplace.merchant.bundles.models import BundlePart, OrderedPart
from marketplace.merchant.customising.models import Customisation, CustomLine, WishQuestion
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.models import RestockLine, StockLevel, StockMovement, StocktakeLine, TransferLine
from marketplace.merchant.media.models import Film, LibraryPicture, PictureShows
from marketplace.merchant.orders.models import Order, OrderLine, StatusChange
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.merchant.virtual.models import VirtualProduct
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.deposits.models import DepositMove
from marketplace.platform.evaluations.models import Evaluation
from marketplace.platform.ledger.models import Payout, Posting, Statement, StatementLine
from marketplace.platform.payments.models import AccountChange
from marketplace.platform.reviews.models import BuyerReview, ShopRating
from marketplace.platform.themes.models import ThemeRevision
from marketplace.platform.virtual.models import Code, Voucher
from marketplace.web.shop_export.goods import PRODUCT, VARIANT, products, variants
from marketplace.web.shop_export.people import CUSTOMER, LOG, PAGE, QUESTION, STAFF, customers, log, pages, questions, staff
from marketplace.web.shop_export.tables import Part, part, table
from tenants.contracts.models import Contract
from tenants.onboarding.models import Application, DossierChange, Paper, Qualification, RulesAccepted
from tenants.packages.models import PackageChange
from tenants.tenancy.models import Holiday, Merchant, ShopChange


def papers_of(merchant: Merchant) -> QuerySet[Paper]:
    """Of the application that led here, and handed in since."""
    return Paper.objects.filter(merchant=merchant) | Paper.objects.filter(application__merchant=merchant)


PARTS: list[Part] = [
    part("products", _("Products as they stand, with texts in every language"), PRODUCT, products),
    part("variants", _("What is stocked and sold: SKU, price in force, stock"), VARIANT, variants),
    table(
        "library_pictures",
        _("Pictures of the library: what was handed in, how it is cut, what it shows"),
        lambda shop: LibraryPicture.objects.all(),
        "name alt original key square cut focus width height size by_label added_at deleted_at",
    ),
    table(
        "library_films",
        _("Films of the library, with their posters"),
        lambda shop: Film.objects.select_related("poster"),
        "name alt key poster__key size by_label added_at deleted_at",
    ),
    table(
        "pictures_for_choices",
        _("Which choice a picture of a product shows"),
        lambda shop: PictureShows.objects.all(),
        "product_id key value_id",
    ),
    table(
        "prices",
        _("Every price there was, with its time"),
        lambda shop: Price.objects.select_related("variant"),
        "variant__sku currency sale_minor market_minor starts_at ends_at",
    ),
    table(
        "stock_movements",
        _("Why stock has changed"),
        lambda shop: StockMovement.objects.select_related("level__variant", "level__location"),
        "level__variant__sku level__location__names kind quantity balance ref note by_label at",
    ),
    table(
        "stock_levels",
        _("What lies where"),
        lambda shop: StockLevel.objects.select_related("variant", "location"),
        "variant__sku location__names location__kind location__address on_hand reserved allocated safety",
    ),
    table(
        "stock_transfers",
        _("Transfers between locations"),
        lambda shop: TransferLine.objects.select_related("transfer__source", "transfer__target", "variant"),
        "transfer__number transfer__status transfer__source__names transfer__target__names variant__sku quantity arrived transfer__note transfer__by_label "
        "transfer__sent_at transfer__ended_at",
    ),
    table(
        "stocktakes",
        _("Stocktakes, line by line"),
        lambda shop: StocktakeLine.objects.select_related("stocktake__location", "variant"),
        "stocktake__number stocktake__status stocktake__location__names variant__sku expected counted counted_at counted_by stocktake__note "
        "stocktake__begun_by stocktake__begun_at stocktake__handed_in_by stocktake__ended_by stocktake__ended_at",
    ),
    table(
        "supplier_orders",
        _("What was ordered from suppliers"),
        lambda shop: RestockLine.objects.select_related("restock__location", "variant"),
        "restock__number restock__status restock__supplier restock__location__names variant__sku quantity received restock__expected_on restock__note "
        "restock__by_label restock__ordered_at restock__ended_at",
    ),
    table(
        "orders",
        _("Orders with their addresses"),
        lambda shop: Order.objects.all(),
        "number status payment_status fulfilment_status currency items_minor freight_minor total_minor tax_minor commission_minor refunded_minor "
        "commission_returned_minor address note placed_at paid_at shipped_at completed_at cancelled_at",
    ),
    table(
        "order_lines",
        _("What was ordered, at which price"),
        lambda shop: OrderLine.objects.select_related("order"),
        "order__number position sku titles options quantity shipped cancelled returned currency unit_minor total_minor freight_minor tax_rate tax_minor "
        "commission_rate commission_minor",
    ),
    table(
        "bundles",
        _("What is in bundles"),
        lambda shop: BundlePart.objects.select_related("bundle", "variant"),
        "bundle variant__sku quantity position",
    ),
    table(
        "ordered_bundles",
        _("Which lines of orders were bought in a bundle"),
        lambda shop: OrderedPart.objects.select_related("bundle"),
        "bundle bundle__order_id bundle__sku bundle__titles bundle__quantity bundle__currency bundle__unit_minor line_id",
    ),
    table(
        "shop_categories",
        _("Categories of the shop's own menu"),
        lambda shop: ShopCategory.objects.all(),
        "code names texts kind rule picks is_shown position changed_at removed_at",
    ),
    table(
        "customisations",
        _("What buyers may wish of products"),
        lambda shop: Customisation.objects.all(),
        "product_id fields days changed_at",
    ),
    table(
        "customised_lines",
        _("What was wished of lines of orders"),
        lambda shop: CustomLine.objects.select_related("line__order"),
        "line__order__number line__position line__sku wishes currency surcharge_minor days state placed_at changed_at",
    ),
    table(
        "wish_questions",
        _("What buyers were asked about their wishes, and what they answered"),
        lambda shop: WishQuestion.objects.select_related("line__line__order"),
        "line__line__order__number line__line__position line__line__sku text asked_at answer ended_at ship_by",
    ),
    table(
        "virtual_products",
        _("Products that are not shipped: codes or a service, and how many days its vouchers are valid"),
        lambda shop: VirtualProduct.objects.all(),
        "product_id kind valid_days",
    ),
    table(
        "codes",
        _("Codes: how each stands, and its last four signs; the codes themselves are secrets of those who bought them"),
        lambda shop: Code.objects.filter(merchant=shop),
        "product_id variant_id tail status loaded_at loaded_by order_number handed_out_at removed_at",
    ),
    table(
        "vouchers",
        _("Vouchers of services: how each stands, and its last four signs"),
        lambda shop: Voucher.objects.filter(merchant=shop),
        "order_number line_id tail status issued_at expires_at ended_at redeemed_by",
    ),
    table(
        "order_history",
        _("What became of each order, step by step"),
        lambda shop: StatusChange.objects.select_related("order"),
        "order__number old new at actor_kind reason",
    ),
    table(
        "parcels",
        _("Parcels with carrier and number"),
        lambda shop: Package.objects.select_related("order"),
        "order__number status carrier tracking_number packed_at shipped_at",
    ),
    part("customers", _("Who has ordered: name and address of the last order"), CUSTOMER, customers),
    table(
        "returns",
        _("Returns"),
        lambda shop: Return.objects.select_related("order"),
        "number order__number status reason note answer report carrier tracking_number currency amount_minor requested_at ended_at",
    ),
    table(
        "return_lines",
        _("What came back"),
        lambda shop: ReturnLine.objects.select_related("parent", "line"),
        "parent__number line__sku quantity accepted restocked",
    ),
    table(
        "ledger",
        _("The journal: what was earned, kept and paid out"),
        lambda shop: Posting.objects.filter(merchant=shop).select_related("entry"),
        "entry__at entry__kind entry__ref entry__order_number account currency amount_minor",
    ),
    table(
        "statements",
        _("Statements; as PDF in statements/"),
        lambda shop: Statement.objects.filter(merchant=shop),
        "number until currency opening_minor sales_minor refunds_minor commission_minor commission_returned_minor reversed_minor payout_minor "
        "closing_minor created_at",
    ),
    table(
        "statement_lines",
        _("Every line of every statement"),
        lambda shop: StatementLine.objects.filter(statement__merchant=shop).select_related("statement"),
        "statement__number order_number kind completed_at currency sales_minor commission_minor reversed_minor",
    ),
    table(
        "payouts",
        _("Payouts"),
        lambda shop: Payout.objects.filter(merchant=shop).select_related("statement"),
        "statement__number n rail status currency amount_minor created_at sent_at ended_at",
    ),
    table(
        "payout_accounts",
        _("Changes of the payout account, without its number"),
        lambda shop: AccountChange.objects.filter(merchant=shop),
        "status name_is holder_reason asked_label asked_at confirmed_label confirmed_at in_force_at ended_at ended_why",
    ),
    table(
        "deposit",
        _("What the deposit has moved"),
        lambda shop: DepositMove.objects.filter(merchant=shop),
        "number kind currency amount_minor held_minor reference reason at",
    ),
    table(
        "evaluations",
        _("How the market graded the shop"),
        lambda shop: Evaluation.objects.filter(merchant=shop),
        "first_day last_day grade figures consequence remark made_at decided_at",
    ),
    table(
        "packages",
        _("Packages the shop has had"),
        lambda shop: PackageChange.objects.filter(merchant=shop).select_related("before__package", "after__package"),
        "kind before__package__code after__package__code by_label at",
    ),
    table(
        "contracts",
        _("Contracts; as PDF in contracts/"),
        lambda shop: Contract.objects.filter(merchant=shop),
        "number status company language starts_at ends_at note",
    ),
    table(
        "company_data",
        _("Changes of the company's data that were handed in"),
        lambda shop: DossierChange.objects.filter(merchant=shop),
        "status before after note by_label handed_in_at decided_at",
    ),
    table(
        "reviews",
        _("Reviews of the goods, without who wrote them, and the shop's answers"),
        lambda shop: BuyerReview.objects.filter(merchant=shop),
        "listing_id options stars text addition language is_shown written_at answer answered_at",
    ),
    table(
        "ratings",
        _("Ratings of the shop"),
        lambda shop: ShopRating.objects.filter(merchant=shop).select_related("order"),
        "order__number goods service delivery rated_at",
    ),
    part("questions", _("Questions and answers"), QUESTION, questions),
    part("pages", _("The shop's pages"), PAGE, pages),
    table("looks", _("Looks the shop has had"), lambda shop: ThemeRevision.objects.filter(merchant=shop), "number brand face shape grid made_by made_at"),
    table(
        "delivery",
        _("What delivery costs"),
        lambda shop: FreightZone.objects.filter(merchant=shop),
        "position regions delivers currency fee_minor free_from_minor",
    ),
    table("holidays", _("Holidays"), lambda shop: Holiday.objects.filter(merchant=shop), "starts_at ends_at notes status"),
    table(
        "application",
        _("The application to trade here"),
        lambda shop: Application.objects.filter(merchant=shop),
        "number status kind company licence_number representative contact_name contact_phone contact_email names about submitted_at decided_at",
    ),
    table("documents", _("Documents handed in; the files are in documents/"), papers_of, "id kind name sha256 size added_at ends_on decision note"),
    table(
        "qualifications",
        _("What the documents have shown"),
        lambda shop: Qualification.objects.filter(merchant=shop).select_related("requirement"),
        "requirement__code state valid_from valid_until reason",
    ),
    table(
        "rules_accepted",
        _("Versions of the market's rules that were accepted"),
        lambda shop: RulesAccepted.objects.filter(merchant=shop).select_related("rules"),
        "rules__kind rules__version by_label at",
    ),
    table(
        "history",
        _("The shop's life: opened, on holiday, suspended, closed"),
        lambda shop: ShopChange.objects.filter(merchant=shop),
        "before after kind reason at",
    ),
    part("staff", _("Who works, or worked, here"), STAFF, staff),
    part("log", _("The shop's log; buyers are not named"), LOG, log),
]
