"""The demo: drawn pictures and a small bilingual catalogue of our own. Only marketplace.config imports this package."""
