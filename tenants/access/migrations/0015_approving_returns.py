"""A right of its own to approve that money goes back to buyers."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0014_own_shops_right'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='backoffice',
            options={'default_permissions': (), 'managed': False, 'permissions': [('view_orders', 'See orders'), ('ship_orders', 'Ship orders'), ('cancel_orders', 'Cancel what cannot be sent'), ('handle_returns', 'Answer, inspect and pay back returns'), ('approve_returns', 'Approve that money goes back to buyers'), ('answer_buyers', 'Read and answer reviews and questions'), ('view_products', 'See products and stock'), ('edit_products', 'Enter and change products, prices and stock'), ('keep_stock', 'Count, move and order stock'), ('manage_delivery', 'Say what delivery costs'), ('view_statements', 'See statements'), ('manage_payouts', "Say where the shop's money goes"), ('reveal_account', "See the shop's whole account number"), ('manage_papers', "Hand in the shop's documents"), ('view_shop_log', "See the shop's log"), ('share_views', 'Share views of lists with the team'), ('edit_shop_pages', "Edit the shop's pages"), ('manage_domains', 'Say under which domains the shop answers'), ('view_customers', "See the shop's customers"), ('manage_customers', 'Keep notes and tags on customers'), ('export_customers', 'Take the list of customers out as a file'), ('manage_staff', 'Invite staff and give roles'), ('grant_support', "Let the market's support in"), ('view_merchants', 'See merchants'), ('open_merchants', 'Open merchants'), ('open_own_shops', "Open shops of the market's own"), ('sanction_merchants', 'Ask to suspend, reopen or close shops'), ('view_approvals', 'See what waits for a second person'), ('approve_sanctions', 'Approve that a shop is suspended, reopened or closed'), ('approve_rates', 'Approve changes of commission and tax'), ('approve_payouts', 'Approve payouts and other money out'), ('review_merchants', 'Review applications of merchants'), ('review_products', 'Review products before they go on sale'), ('moderate_reviews', "Hide buyers' reviews and questions, and show them again"), ('view_market_orders', 'See all orders'), ('settle', 'Settle with merchants'), ('pay_out', 'Make bank files and note what became of payouts'), ('reveal_accounts', "See shops' whole account numbers"), ('view_ledger', 'See the journal and statements'), ('manage_market', 'Change commission, tax and periods'), ('view_market_log', "See the market's log"), ('share_market_views', "Share views of the console's lists"), ('edit_market_pages', "Edit the market's pages"), ('view_consumers', 'See consumers'), ('manage_consumers', 'Deactivate consumers, ask to merge or erase accounts'), ('approve_consumers', 'Approve that accounts are merged or erased'), ('export_consumers', 'Take the list of consumers out as a file'), ('manage_market_staff', "Invite the market's staff and give roles"), ('support_shops', 'Ask shops for access to their workbench')]},
        ),
    ]
