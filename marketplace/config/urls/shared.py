"""Error handlers of all four kinds of host."""

handler400 = "marketplace.config.errors.bad_request"
handler403 = "marketplace.config.errors.permission_denied"
handler404 = "marketplace.config.errors.not_found"
handler500 = "marketplace.config.errors.server_error"

# Where Wagtail's pages lie; their tree's root is the host's first page.
PAGES = r"^pages/((?:[\w\-]+/)*)$"
