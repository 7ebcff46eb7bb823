"""Every reaction to every fact, and the default outcome of every deadline, on one page."""

from __future__ import annotations

from collections.abc import Callable

from cms import schedule
from marketplace.flows import (
    account_changes,
    approvals,
    bundles,
    closing,
    contracting,
    count_days,
    customers,
    deposits,
    domains,
    evaluate_shops,
    hand_over,
    holidays,
    letters_about_accounts,
    letters_about_closing,
    letters_about_contracts,
    letters_about_deposits,
    letters_about_evaluations,
    letters_about_goods,
    letters_about_merchants,
    letters_about_packages,
    letters_about_papers,
    letters_about_returns,
    letters_about_reviews,
    letters_about_shops,
    letters_about_stock,
    letters_about_wishes,
    letters_to_buyers,
    letters_to_merchants,
    merge_accounts,
    merge_variants,
    my_data,
    notices,
    offered_prices,
    open_shop,
    pay,
    place_order,
    popularity,
    prices,
    publish_product,
    qualify,
    receive,
    reconcile,
    refund,
    reminders,
    rent,
    return_goods,
    sale_conditions,
    sandbox,
    second_looks,
    support_access,
    transfer_out,
    use_of_packages,
)
from marketplace.flows.consumers import ask_for_doubles
from marketplace.flows.events import (
    BundlesStopped,
    CustomLineReady,
    GoodsHandedOver,
    OrderCancelled,
    OrderCompleted,
    OrderGroupCancelled,
    OrderGroupExpired,
    OrderGroupPaid,
    OrderGroupPlaced,
    OrderShipped,
    PayoutMoved,
    ProductReviewed,
    ProductSubmitted,
    ReturnMoved,
    StatementIssued,
    VariantsMerged,
    VouchersExpired,
    WishAnswered,
    WishAsked,
)
from marketplace.flows.product_files import run as product_imports
from marketplace.kernel import log_checks, registry
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.events import DeadlineReached, Event, LogCheckAsked, joined
from marketplace.kernel.registry import Duty, Reaction
from marketplace.merchant.aftersales.events import SecondLookAsked, SecondLookEnded
from marketplace.merchant.aftersales.second_looks import EXPIRES as LOOK_EXPIRES
from marketplace.merchant.conditions.events import WatchedStockChanged
from marketplace.merchant.imports import keeping
from marketplace.merchant.imports.events import ImportDue
from marketplace.merchant.inventory.events import StockCrossedZero, StockRanLow
from marketplace.platform.approvals.actions import EXPIRES as REQUEST_EXPIRES
from marketplace.platform.approvals.events import ApprovalAsked, ApprovalEnded
from marketplace.platform.backoffice.actions import tidy_jobs
from marketplace.platform.backoffice.events import ListFileExpired, ListJobAsked
from marketplace.platform.deposits.actions import DUE as DEPOSIT_DUE
from marketplace.platform.deposits.actions import REMINDER as DEPOSIT_REMINDER
from marketplace.platform.deposits.events import DepositMoved, DepositObjected, DepositRulesChanged, DepositShort
from marketplace.platform.deposits.queries import is_asked_by_category
from marketplace.platform.evaluations.events import EvaluationDecided, EvaluationMade
from marketplace.platform.listings.events import GoodsReleased, GoodsTakenOff, ListingsChanged
from marketplace.platform.members.exports import EXPIRES
from marketplace.platform.notices import daily, forgetting, sending, telling
from marketplace.platform.notices.events import DispatchDue
from marketplace.platform.payments.events import (
    AccountChangeMoved,
    AttemptLeft,
    PayoutAccountReady,
    RailNoticeReceived,
    RailSweepDue,
    RefundDue,
    RefundSent,
    ReversalDue,
    TransferDue,
)
from marketplace.platform.reviews.events import QuestionAnswered, QuestionAsked, ReviewAnswered, ReviewWritten, ShopScoreMoved
from marketplace.web import list_jobs
from marketplace.web.shop_export import pack
from search import indexer
from search.catching_up import ask_to_build, hurry
from search.drift import ask_to_mend_indexes
from search.searched import forget_old_searches
from search.suggestions.keeping import ask_to_mend
from tenants.accounts.events import LetterWritten
from tenants.accounts.sign_ins import forget_sign_ins
from tenants.contracts import placeholders
from tenants.contracts.events import ContractMoved, ContractPaperBroken
from tenants.contracts.signing import ENDS as CONTRACT_ENDS
from tenants.contracts.signing import REMINDER as CONTRACT_ENDS_SOON
from tenants.domains.actions import LOOK
from tenants.domains.events import DomainLookDue, DomainMoved
from tenants.onboarding import goods, opening
from tenants.onboarding.events import (
    ApplicationReviewed,
    ApplicationSubmitted,
    DossierChangeDecidedUpon,
    DossierChangeHandedIn,
    QualificationMoved,
    RenewalHandedIn,
    RenewalRefused,
    RequirementChanged,
    RulesPublished,
)
from tenants.onboarding.goods import Asks
from tenants.onboarding.market_rules import ACCEPT_BY as RULES_ACCEPT_BY
from tenants.onboarding.market_rules import REMINDER as RULES_SOON
from tenants.onboarding.opening import Condition
from tenants.onboarding.qualifications import BEGINS, ENDS
from tenants.onboarding.qualifications import REMINDER as PAPER_ENDS_SOON
from tenants.onboarding.requirements import ENFORCED
from tenants.onboarding.reviewing import REVIEW_DUE
from tenants.packages.events import PackageChanged, PackagePublished, ServiceOrderMoved
from tenants.tenancy import exports as shop_exports
from tenants.tenancy.events import NothingLeft, ShopExportAsked, ShopMoved, ShopOpened, ShopRequested
from tenants.tenancy.jobs import JobRequested, LongJobRequested, run_job, run_long_job

REACTIONS: dict[type[Event], list[Reaction]] = {
    JobRequested: [Reaction(run_job)],
    LongJobRequested: [Reaction(run_long_job, outward=True)],
    ShopRequested: [Reaction(open_shop.bear_shop), Reaction(deposits.shop_requested)],
    ShopOpened: [Reaction(letters_to_merchants.shop_opened), Reaction(deposits.shop_opened)],
    ShopMoved: [
        Reaction(letters_about_shops.shop_moved),
        Reaction(deposits.shop_moved),
        Reaction(letters_about_closing.owners_hear),
        Reaction(letters_about_closing.buyers_hear),
    ],
    NothingLeft: [Reaction(letters_about_closing.nothing_left)],
    ShopExportAsked: [Reaction(pack.pack_shop, outward=True)],
    ApprovalAsked: [Reaction(letters_about_shops.approval_asked)],
    ApprovalEnded: [Reaction(letters_about_shops.approval_ended)],
    ApplicationSubmitted: [],
    ApplicationReviewed: [Reaction(letters_to_merchants.application_reviewed)],
    RulesPublished: [],
    DossierChangeHandedIn: [],
    DossierChangeDecidedUpon: [Reaction(letters_about_merchants.dossier_decided)],
    ContractMoved: [Reaction(letters_about_contracts.contract_moved)],
    ContractPaperBroken: [Reaction(letters_about_contracts.paper_broken)],
    RequirementChanged: [Reaction(qualify.requirement_changed)],
    QualificationMoved: [Reaction(letters_about_papers.qualification_moved)],
    RenewalHandedIn: [],
    RenewalRefused: [Reaction(letters_about_papers.renewal_refused)],
    ListingsChanged: [
        Reaction(indexer.refresh_postgres, join=joined("listing_ids")),
        Reaction(indexer.refresh_elasticsearch, outward=True, join=joined("listing_ids")),
        Reaction(bundles.follow_parts, join=joined("listing_ids")),
    ],
    StockCrossedZero: [Reaction(publish_product.copy_stock, join=joined("variant_ids"))],
    WatchedStockChanged: [Reaction(sale_conditions.act)],
    StockRanLow: [Reaction(letters_about_stock.ran_low)],
    ProductSubmitted: [],
    ProductReviewed: [Reaction(letters_to_merchants.product_reviewed)],
    GoodsTakenOff: [Reaction(letters_about_goods.taken_off)],
    GoodsReleased: [Reaction(letters_about_goods.released)],
    BundlesStopped: [Reaction(letters_about_stock.bundles_stopped)],
    VariantsMerged: [Reaction(merge_variants.follow_in_carts)],
    OrderGroupPlaced: [Reaction(letters_to_buyers.placed), Reaction(reminders.remind_to_pay_later)],
    RailNoticeReceived: [Reaction(notices.act_on_notice, outward=True)],
    AttemptLeft: [Reaction(pay.look_at_attempt, outward=True)],
    RailSweepDue: [Reaction(reconcile.sweep, outward=True)],
    OrderGroupPaid: [
        Reaction(hand_over.hand_over_paid),
        Reaction(popularity.count_sales),
        Reaction(letters_to_buyers.paid),
        Reaction(letters_to_merchants.new_orders),
        Reaction(reminders.payment_settled),
        Reaction(customers.count_after_paying),
    ],
    OrderGroupExpired: [Reaction(letters_to_buyers.expired), Reaction(reminders.payment_expired)],
    OrderGroupCancelled: [Reaction(reminders.payment_given_up)],
    OrderCancelled: [Reaction(letters_to_buyers.cancelled), Reaction(letters_to_merchants.order_cancelled), Reaction(customers.count_after_ending)],
    ReturnMoved: [
        Reaction(letters_to_buyers.return_moved),
        Reaction(letters_to_merchants.return_moved),
        Reaction(letters_about_returns.opened_for_buyer),
        Reaction(letters_about_returns.waits_for_approval),
    ],
    SecondLookAsked: [Reaction(letters_about_returns.look_asked)],
    SecondLookEnded: [Reaction(letters_about_returns.look_ended)],
    RefundDue: [Reaction(refund.send_refund, outward=True)],
    RefundSent: [Reaction(transfer_out.reverse_for_refund), Reaction(letters_to_buyers.refunded), Reaction(customers.count_after_refund)],
    CustomLineReady: [Reaction(letters_about_wishes.ready)],
    WishAsked: [Reaction(letters_about_wishes.asked)],
    WishAnswered: [Reaction(letters_about_wishes.answered)],
    GoodsHandedOver: [Reaction(letters_to_buyers.handed_over)],
    VouchersExpired: [Reaction(letters_to_buyers.vouchers_expired), Reaction(customers.count_after_ending)],
    OrderShipped: [Reaction(letters_to_buyers.shipped), Reaction(reminders.remind_of_receipt_later)],
    OrderCompleted: [Reaction(letters_about_reviews.remind_later), Reaction(reminders.receipt_settled), Reaction(customers.count_after_ending)],
    StatementIssued: [Reaction(letters_to_merchants.statement_ready)],
    PayoutMoved: [Reaction(letters_to_merchants.payout_moved)],
    PayoutAccountReady: [Reaction(transfer_out.send_waiting)],
    AccountChangeMoved: [Reaction(letters_about_accounts.change_moved)],
    TransferDue: [Reaction(transfer_out.send_transfer, outward=True)],
    ReversalDue: [Reaction(transfer_out.send_reversal, outward=True)],
    PackagePublished: [Reaction(letters_about_packages.package_published)],
    PackageChanged: [Reaction(letters_about_packages.package_changed)],
    ServiceOrderMoved: [Reaction(letters_about_packages.service_moved)],
    DepositRulesChanged: [Reaction(deposits.rules_changed)],
    DepositShort: [Reaction(letters_about_deposits.deposit_short)],
    DepositMoved: [Reaction(letters_about_deposits.deposit_moved)],
    DepositObjected: [Reaction(letters_about_deposits.deposit_objected)],
    EvaluationMade: [Reaction(letters_about_evaluations.evaluation_made)],
    EvaluationDecided: [Reaction(letters_about_evaluations.evaluation_decided)],
    ListJobAsked: [Reaction(list_jobs.run_list_job, outward=True)],
    ListFileExpired: [Reaction(list_jobs.forget_file, outward=True)],
    ReviewWritten: [Reaction(letters_about_reviews.review_written)],
    ShopScoreMoved: [Reaction(indexer.follow_shop_score)],
    ReviewAnswered: [Reaction(letters_about_reviews.review_answered)],
    QuestionAsked: [Reaction(letters_about_reviews.question_asked)],
    QuestionAnswered: [Reaction(letters_about_reviews.question_answered)],
    DomainLookDue: [Reaction(domains.look_up, outward=True)],
    DomainMoved: [Reaction(domains.domain_moved)],
    LetterWritten: [Reaction(sending.take_letter)],
    DispatchDue: [Reaction(sending.send_due, outward=True)],
    ImportDue: [Reaction(product_imports.run_import, outward=True)],
    LogCheckAsked: [Reaction(log_checks.run_log_check, outward=True)],
}

DEADLINES: dict[str, Callable[[DeadlineReached], None]] = {
    place_order.UNPAID: pay.expire_unpaid,
    receive.RECEIPT: receive.receive_by_itself,
    hand_over.EXPIRES: hand_over.expire_vouchers,
    return_goods.WAITS: return_goods.act_when_due,
    LOOK_EXPIRES: second_looks.expire_when_due,
    sandbox.ANSWER: sandbox.tell,
    schedule.PAGES_DUE: schedule.publish_when_due,
    account_changes.IN_FORCE: account_changes.put_in_force_when_due,
    account_changes.UNCONFIRMED: account_changes.expire_when_due,
    EXPIRES: my_data.expire_my_data,
    merge_accounts.SWEEP: merge_accounts.sweep_when_due,
    REQUEST_EXPIRES: approvals.expire_when_due,
    support_access.UNANSWERED: support_access.expire_when_due,
    LOOK: domains.look_when_due,
    holidays.BEGINS: holidays.begin_when_due,
    holidays.ENDS: holidays.end_when_due,
    closing.CLOSES: closing.close_when_due,
    shop_exports.EXPIRES: pack.expire_when_due,
    letters_about_reviews.REMINDER: letters_about_reviews.ask_for_review,
    reminders.PAY: reminders.remind_to_pay,
    reminders.CONFIRM: reminders.remind_of_receipt,
    telling.DUE: sending.send_at_its_moment,
    telling.DAILY: daily.send_daily,
    BEGINS: qualify.begin,
    ENDS: qualify.end,
    PAPER_ENDS_SOON: letters_about_papers.remind,
    ENFORCED: qualify.enforce,
    rent.RENT: rent.begin_when_due,
    DEPOSIT_DUE: letters_about_deposits.remind,
    DEPOSIT_REMINDER: letters_about_deposits.remind,
    REVIEW_DUE: letters_about_merchants.review_overdue,
    RULES_SOON: letters_about_merchants.rules_due,
    RULES_ACCEPT_BY: letters_about_merchants.rules_due,
    CONTRACT_ENDS_SOON: letters_about_contracts.remind,
    CONTRACT_ENDS: contracting.end_when_due,
    publish_product.LISTED_FROM: publish_product.list_when_due,
    publish_product.LISTED_UNTIL: publish_product.unlist_when_due,
    offered_prices.CHANGES: prices.follow_when_due,
    keeping.CLEARED: keeping.clear_when_due,
}

DUTIES = [
    Duty("ask the rail what moved", 86_400, lambda: reconcile.ask_for_sweep(by=SYSTEM)),
    Duty("explain what moved at the rail", 3_600, lambda: reconcile.explain_movements(by=SYSTEM)),  # what was told after the movement
    Duty("tidy up after jobs of lists", 60, lambda: tidy_jobs(by=SYSTEM)),
    Duty("forget old sign-ins", 3_600, lambda: forget_sign_ins(by=SYSTEM)),
    Duty("look for accounts that may be one person's", 86_400, lambda: ask_for_doubles(by=SYSTEM)),
    Duty("give shops' exports to another worker", 60, lambda: shop_exports.tidy_exports(by=SYSTEM)),
    Duty("see whether closing shops have settled everything", 900, closing.look_at_all_closings),
    Duty("send notices that were forgotten", 300, lambda: sending.look_for_forgotten(by=SYSTEM)),
    Duty("forget old notices", 3_600, lambda: forgetting.forget_old(by=SYSTEM)),
    Duty("verify the log", 600, lambda: log_checks.check_when_due(by=SYSTEM)),
    Duty("look at deposits again", 21_600, deposits.look_again),  # what a shop sells by now may ask for more
    Duty("begin months of packages that are late", 3_600, rent.begin_what_is_late),
    Duty("count storage", 3_600, use_of_packages.count_storage_of_all),
    Duty("count the days of shops that are over", 900, count_days.ask_for_counts),
    Duty("mend the suggestions of search", 3_600, ask_to_mend),
    Duty("compare the indexes of search with the goods", 3_600, ask_to_mend_indexes),
    Duty("let Elasticsearch catch up", 10, hurry),
    Duty("build the index that Elasticsearch lacks", 60, ask_to_build),
    Duty("forget old searches", 3_600, forget_old_searches),
    Duty("evaluate shops whose period is over", 3_600, evaluate_shops.ask_for_evaluations),
]


# What has to be there before the shop of an approved applicant opens, in the order in which it is done.
BEFORE_OPENING: list[Condition] = [contracting.contract_is_lacking, deposits.deposit_lacks]

# What is asked of an applicant by what it will sell, besides requirements.
BY_CATEGORY: list[Asks] = [is_asked_by_category]


def install() -> None:
    registry.install(REACTIONS, DEADLINES, DUTIES)
    opening.install(BEFORE_OPENING)
    goods.install(BY_CATEGORY)
    placeholders.install(contracting.PLACEHOLDERS)
