from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tenants.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.account.signals import password_changed, password_reset, password_set, user_signed_up
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from tenants.accounts.addresses import confirm_address
        from tenants.accounts.handover import end_handed_over_sessions
        from tenants.accounts.noting import note_password, note_password_by_link, note_registered
        from tenants.accounts.sign_ins import follow_new_key, note_refused, note_signed_in, note_signed_out
        from tenants.accounts.workplaces import note_sign_in

        user_logged_out.connect(note_signed_out, dispatch_uid="note-signed-out")
        user_logged_out.connect(end_handed_over_sessions, dispatch_uid="end-handed-over-sessions")
        user_logged_in.connect(note_signed_in, dispatch_uid="note-signed-in")
        user_login_failed.connect(note_refused, dispatch_uid="note-refused")
        for signal in (password_changed, password_set, password_reset):
            signal.connect(follow_new_key, dispatch_uid="follow-new-key")
        user_logged_in.connect(note_sign_in, dispatch_uid="note-sign-in")
        for signal in (password_changed, password_set):
            signal.connect(note_password, dispatch_uid="note-password")
        password_reset.connect(note_password_by_link, dispatch_uid="note-password-by-link")
        user_signed_up.connect(note_registered, dispatch_uid="note-registered")
        password_reset.connect(confirm_address, dispatch_uid="confirm-address")
