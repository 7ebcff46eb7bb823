"""The operator's console."""

from cms.views import page_elsewhere
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES, cms_routes, theme_routes
from marketplace.web import jobs
from marketplace.web.decorate import decorating
from marketplace.web.go_to import go_in_console
from marketplace.web.lists.forms import shared
from marketplace.web.logs import log_entry, market_log
from marketplace.web.messages import messages_page
from marketplace.web.operator import (
    accounts,
    aftersales,
    applications,
    approvals,
    consumer,
    consumers,
    doubles,
    integrity,
    ledger,
    market_rules,
    merchants,
    opinions,
    orders,
    payouts,
    qualifications,
    rails,
    requirements,
    reviews,
    sanctions,
)
from marketplace.web.operator.overview import overview
from marketplace.web.operator.settings import settings_page
from marketplace.web.staff import support
from marketplace.web.staff.people import market_staff
from marketplace.web.staff.routes import staff_routes
from storefront.auth import sign_in_routes
from storefront.media import media
from storefront.reach.robots import robots
from tenants.access.rights import Right
from tenants.access.rules import anyone, operator, route

urlpatterns = [
    route("", overview, may=operator(), name="overview"),
    route("go/", go_in_console, may=operator(), name="go"),
    route("merchants/", merchants.merchants, may=operator(Right.VIEW_MERCHANTS), name="merchants", methods="GET POST"),
    route("merchants/new/", merchants.merchant_new, may=operator(Right.OPEN_MERCHANTS), name="merchant-new", methods="GET POST"),
    route("merchants/<uuid:merchant_id>/", merchants.merchant, may=operator(Right.VIEW_MERCHANTS), name="merchant"),
    route(
        "merchants/<uuid:merchant_id>/suspend/", sanctions.merchant_suspend, may=operator(Right.SANCTION_MERCHANTS), name="merchant-suspend", methods="GET POST"
    ),
    route(
        "merchants/<uuid:merchant_id>/reopen/", sanctions.merchant_reopen, may=operator(Right.SANCTION_MERCHANTS), name="merchant-reopen", methods="GET POST"
    ),
    route("consumers/", consumers.consumers, may=operator(Right.VIEW_CONSUMERS), name="consumers", methods="GET POST"),
    route("doubles/", doubles.doubles, may=operator(Right.VIEW_CONSUMERS), name="doubles", methods="GET POST"),
    route("doubles/again/", doubles.looked_again, may=operator(Right.VIEW_CONSUMERS), name="doubles-again", methods="POST"),
    route("doubles/<uuid:double_id>/", doubles.double, may=operator(Right.VIEW_CONSUMERS), name="double"),
    route("doubles/<uuid:double_id>/aside/", doubles.set_aside, may=operator(Right.MANAGE_CONSUMERS), name="double-aside", methods="POST"),
    route("consumers/<uuid:user_id>/", consumer.consumer, may=operator(Right.VIEW_CONSUMERS), name="consumer"),
    route("consumers/<uuid:user_id>/contact/", consumer.contact, may=operator(Right.VIEW_CONSUMERS), name="consumer-contact", methods="POST"),
    route("consumers/<uuid:user_id>/note/", consumer.noted, may=operator(Right.MANAGE_CONSUMERS), name="consumer-note", methods="POST"),
    route("consumers/<uuid:user_id>/deactivate/", consumer.deactivated, may=operator(Right.MANAGE_CONSUMERS), name="consumer-deactivate", methods="POST"),
    route("consumers/<uuid:user_id>/reactivate/", consumer.reactivated, may=operator(Right.MANAGE_CONSUMERS), name="consumer-reactivate", methods="POST"),
    route("consumers/<uuid:user_id>/erase/", consumer.erase, may=operator(Right.MANAGE_CONSUMERS), name="consumer-erase", methods="GET POST"),
    route("consumers/<uuid:user_id>/beside/", doubles.pick, may=operator(Right.MANAGE_CONSUMERS), name="consumer-beside"),
    route("consumers/<uuid:loser_id>/into/<uuid:winner_id>/", doubles.merge, may=operator(Right.MANAGE_CONSUMERS), name="consumer-merge", methods="GET POST"),
    route("approvals/", approvals.approvals, may=operator(Right.VIEW_APPROVALS), name="approvals", methods="GET POST"),
    route("approvals/limit/", approvals.approval_limit, may=operator(Right.PAY_OUT), name="approval-limit", methods="GET POST"),
    route("approvals/<str:number>/", approvals.approval, may=operator(Right.VIEW_APPROVALS), name="approval"),
    route("approvals/<str:number>/decide/", approvals.approval_decide, may=operator(Right.VIEW_APPROVALS), name="approval-decide", methods="POST"),
    route("applications/", applications.applications, may=operator(Right.REVIEW_MERCHANTS), name="applications", methods="GET POST"),
    route("applications/<str:number>/", applications.application, may=operator(Right.REVIEW_MERCHANTS), name="application"),
    route("applications/<str:number>/review/", applications.review, may=operator(Right.REVIEW_MERCHANTS), name="application-review", methods="POST"),
    route("applications/<str:number>/papers/<uuid:paper_id>/", applications.paper, may=operator(Right.REVIEW_MERCHANTS), name="application-paper"),
    route("applications/<str:number>/take/", applications.take, may=operator(Right.REVIEW_MERCHANTS), name="application-take", methods="POST"),
    route("applications/<str:number>/hand-over/", applications.hand_over, may=operator(Right.REVIEW_MERCHANTS), name="application-hand-over", methods="POST"),
    route(
        "applications/<str:number>/papers/<uuid:paper_id>/again/",
        applications.paper_again,
        may=operator(Right.REVIEW_MERCHANTS),
        name="application-paper-again",
        methods="POST",
    ),
    route("applications/<str:number>/waive/", applications.waive, may=operator(Right.REVIEW_MERCHANTS), name="application-waive", methods="POST"),
    route("qualifications/", qualifications.qualifications, may=operator(Right.REVIEW_MERCHANTS), name="qualifications", methods="GET POST"),
    route("qualifications/<uuid:qualification_id>/", qualifications.qualification, may=operator(Right.REVIEW_MERCHANTS), name="qualification"),
    route(
        "qualifications/<uuid:qualification_id>/revoke/",
        qualifications.revoke,
        may=operator(Right.REVIEW_MERCHANTS),
        name="qualification-revoke",
        methods="POST",
    ),
    route("renewals/", qualifications.renewals, may=operator(Right.REVIEW_MERCHANTS), name="renewals"),
    route("renewals/<uuid:renewal_id>/", qualifications.renewal, may=operator(Right.REVIEW_MERCHANTS), name="renewal"),
    route("renewals/<uuid:renewal_id>/decide/", qualifications.renewal_decide, may=operator(Right.REVIEW_MERCHANTS), name="renewal-decide", methods="POST"),
    route("renewals/<uuid:renewal_id>/paper/", qualifications.renewal_paper, may=operator(Right.REVIEW_MERCHANTS), name="renewal-paper"),
    route("market-rules/", market_rules.market_rules, may=operator(Right.MANAGE_MARKET), name="market-rules", methods="GET POST"),
    route("requirements/", requirements.requirements, may=operator(Right.MANAGE_MARKET), name="requirements"),
    route("requirements/new/", requirements.requirement_new, may=operator(Right.MANAGE_MARKET), name="requirement-new", methods="GET POST"),
    route("requirements/<slug:code>/", requirements.requirement, may=operator(Right.MANAGE_MARKET), name="requirement", methods="GET POST"),
    route("requirements/<slug:code>/waive/", requirements.requirement_waive, may=operator(Right.REVIEW_MERCHANTS), name="requirement-waive", methods="POST"),
    route("reviews/", reviews.changes, may=operator(Right.REVIEW_PRODUCTS), name="reviews", methods="GET POST"),
    route("reviews/<uuid:change_id>/", reviews.change, may=operator(Right.REVIEW_PRODUCTS), name="review"),
    route("reviews/<uuid:change_id>/decide/", reviews.decide, may=operator(Right.REVIEW_PRODUCTS), name="review-decide", methods="POST"),
    route("orders/", orders.orders, may=operator(Right.VIEW_MARKET_ORDERS), name="orders", methods="GET POST"),
    route("orders/<str:number>/", aftersales.order, may=operator(Right.VIEW_MARKET_ORDERS), name="order"),
    route("returns/", aftersales.returns, may=operator(Right.VIEW_MARKET_ORDERS), name="returns", methods="GET POST"),
    route("buyer-reviews/", opinions.buyer_reviews, may=operator(Right.MODERATE_REVIEWS), name="buyer-reviews", methods="GET POST"),
    route("buyer-reviews/<uuid:review_id>/shown/", opinions.review_shown, may=operator(Right.MODERATE_REVIEWS), name="buyer-review-shown", methods="POST"),
    route("questions/", opinions.questions, may=operator(Right.MODERATE_REVIEWS), name="questions", methods="GET POST"),
    route("questions/<uuid:question_id>/shown/", opinions.question_shown, may=operator(Right.MODERATE_REVIEWS), name="question-shown", methods="POST"),
    route("answers/<uuid:answer_id>/shown/", opinions.answer_shown, may=operator(Right.MODERATE_REVIEWS), name="answer-shown", methods="POST"),
    route("refunds/", aftersales.refunds, may=operator(Right.VIEW_LEDGER), name="refunds", methods="GET POST"),
    route("refunds/<uuid:refund_id>/retry/", rails.refund_retry, may=operator(Right.PAY_OUT), name="refund-retry", methods="POST"),
    route("refunds/<uuid:refund_id>/otherwise/", rails.refund_otherwise, may=operator(Right.PAY_OUT), name="refund-otherwise", methods="POST"),
    route("disputes/", rails.disputes, may=operator(Right.VIEW_LEDGER), name="disputes", methods="GET POST"),
    route("movements/", rails.movements, may=operator(Right.VIEW_LEDGER), name="movements", methods="GET POST"),
    route("movements/ask/", rails.ask_now, may=operator(Right.PAY_OUT), name="movements-ask", methods="POST"),
    route("movements/<uuid:movement_id>/book/", rails.movement_book, may=operator(Right.PAY_OUT), name="movement-book", methods="POST"),
    route("notices/", rails.notices, may=operator(Right.VIEW_LEDGER), name="notices", methods="GET POST"),
    route("notices/<uuid:notice_id>/dismiss/", rails.notice_dismiss, may=operator(Right.PAY_OUT), name="notice-dismiss", methods="POST"),
    route("payouts/<uuid:payout_id>/retry/", rails.payout_retry, may=operator(Right.PAY_OUT), name="payout-retry", methods="POST"),
    route("payouts/<uuid:payout_id>/give-up/", rails.payout_give_up, may=operator(Right.PAY_OUT), name="payout-give-up", methods="POST"),
    route("payouts/", payouts.payouts, may=operator(Right.VIEW_LEDGER), name="payouts", methods="GET POST"),
    route("payouts/files/new/", payouts.bank_file_new, may=operator(Right.PAY_OUT), name="bank-file-new", methods="GET POST"),
    route("payouts/files/<str:number>/", payouts.bank_file, may=operator(Right.VIEW_LEDGER), name="bank-file"),
    route("payouts/files/<str:number>/csv/", payouts.bank_file_download, may=operator(Right.PAY_OUT), name="bank-file-download", methods="POST"),
    route("payouts/files/<str:number>/paid/", payouts.bank_file_paid, may=operator(Right.PAY_OUT), name="bank-file-paid", methods="POST"),
    route("payouts/<uuid:payout_id>/returned/", payouts.payout_returned, may=operator(Right.PAY_OUT), name="payout-returned", methods="GET POST"),
    route("payout-accounts/", accounts.changes, may=operator(Right.VIEW_LEDGER), name="payout-accounts", methods="GET POST"),
    route("payout-accounts/<uuid:account_change_id>/", accounts.change, may=operator(Right.VIEW_LEDGER), name="account-change"),
    route(
        "payout-accounts/<uuid:account_change_id>/decide/",
        accounts.change_decide,
        may=operator(Right.APPROVE_PAYOUTS),
        name="account-change-decide",
        methods="POST",
    ),
    route(
        "payout-accounts/<uuid:account_change_id>/show/", accounts.change_show, may=operator(Right.REVEAL_ACCOUNTS), name="account-change-show", methods="POST"
    ),
    route("merchants/<uuid:merchant_id>/payout-account/", accounts.account, may=operator(Right.VIEW_LEDGER), name="merchant-account"),
    route(
        "merchants/<uuid:merchant_id>/payout-account/show/",
        accounts.account_show,
        may=operator(Right.REVEAL_ACCOUNTS),
        name="merchant-account-show",
        methods="POST",
    ),
    route("settlement/", ledger.settlement, may=operator(Right.SETTLE), name="settlement"),
    route("settlement/run/", ledger.settlement_run, may=operator(Right.SETTLE), name="settlement-run", methods="POST"),
    route("statements/", ledger.statements, may=operator(Right.VIEW_LEDGER), name="statements", methods="GET POST"),
    route("statements/<str:number>/", ledger.statement, may=operator(Right.VIEW_LEDGER), name="statement"),
    route("statements/<str:number>/csv/", ledger.statement_as_csv, may=operator(Right.VIEW_LEDGER), name="statement-csv"),
    route("statements/<str:number>/pdf/", ledger.statement_as_pdf, may=operator(Right.VIEW_LEDGER), name="statement-pdf"),
    route("journal/", ledger.journal, may=operator(Right.VIEW_LEDGER), name="journal", methods="GET POST"),
    route("settings/", settings_page, may=operator(Right.MANAGE_MARKET), name="settings", methods="GET POST"),
    route("decorate/", decorating(base="operator/base.html"), may=operator(Right.EDIT_MARKET_PAGES), name="decorate", methods="GET POST"),
    route("messages/", messages_page(base="operator/base.html"), may=operator(Right.EDIT_MARKET_PAGES), name="messages"),
    route("support/", support.of_market, may=operator(Right.SUPPORT_SHOPS), name="support", methods="GET POST"),
    route("support/<uuid:visit_id>/end/", support.end, may=operator(Right.SUPPORT_SHOPS), name="support-end", methods="POST"),
    *staff_routes(operator, Right.MANAGE_MARKET_STAFF, market_staff),
    route("log/", market_log, may=operator(Right.VIEW_MARKET_LOG), name="log", methods="GET POST"),
    route("log/integrity/", integrity.integrity, may=operator(Right.VIEW_MARKET_LOG), name="log-integrity"),
    route("log/integrity/verify/", integrity.verify_now, may=operator(Right.VIEW_MARKET_LOG), name="log-verify", methods="POST"),
    route("log/<uuid:event_id>/", log_entry, may=operator(Right.VIEW_MARKET_LOG), name="log-entry"),
    route("jobs/", jobs.jobs, may=operator(), name="jobs"),
    route("jobs/<uuid:job_id>/", jobs.job, may=operator(), name="job"),
    route("jobs/<uuid:job_id>/file/", jobs.file, may=operator(), name="job-file"),
    route("views/<uuid:view_id>/share/", shared, may=operator(Right.SHARE_MARKET_VIEWS), name="view-share", methods="POST"),
    *sign_in_routes(),
    *cms_routes(),
    route("robots.txt", robots, may=anyone(), name="robots"),
    *theme_routes(),
    route("media/<str:schema>/<path:path>", media, may=anyone(), name="media"),
    route(PAGES, page_elsewhere, may=operator(), name="wagtail_serve", is_regex=True),
]
