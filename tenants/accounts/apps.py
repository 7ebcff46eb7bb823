from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tenants.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.account.signals import password_reset
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from tenants.accounts.addresses import confirm_address
        from tenants.accounts.handover import end_handed_over_sessions
        from tenants.accounts.workplaces import note_sign_in

        user_logged_out.connect(end_handed_over_sessions, dispatch_uid="end-handed-over-sessions")
        user_logged_in.connect(note_sign_in, dispatch_uid="note-sign-in")
        password_reset.connect(confirm_address, dispatch_uid="confirm-address")
