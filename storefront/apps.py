from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """Buyer pages and the design system that back offices share; no tables."""

    name = "storefront"
    label = "storefront"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from storefront.account.recent import keep_seen_at_sign_in
        from storefront.cart.views import keep_cart_at_sign_in

        user_logged_in.connect(keep_cart_at_sign_in, dispatch_uid="keep-cart")
        user_logged_in.connect(keep_seen_at_sign_in, dispatch_uid="keep-seen")
