from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "marketplace.platform.notices"
    label = "platform_notices"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed, password_reset

        from marketplace.platform.notices import catalogue
        from marketplace.platform.notices.bouncing import address_confirmed, password_renewed

        catalogue.enter()
        email_confirmed.connect(address_confirmed, dispatch_uid="address-arrives")
        password_reset.connect(password_renewed, dispatch_uid="password-arrives")
