# Every command enters its own Python environment, made from a lock file; nothing is installed system-wide but what
# `make doctor` names. PYTHON=python3.12 make … chooses another interpreter.
PYTHON ?= python3
ARGS ?=

.PHONY: demo demo-reset doctor manage test check proofs stripe-live-check bench screens scan snapshots messages lock shell

demo:            ## run the market with embedded servers (SEARCH=elasticsearch: with a real Elasticsearch)
	@SEARCH=$(SEARCH) $(PYTHON) -m launch demo $(ARGS)
demo-reset:      ## forget the demo's data
	@$(PYTHON) -m launch demo-reset
doctor:          ## what this machine lacks, and the line that installs it
	@$(PYTHON) -m launch doctor $(ARGS)
manage:          ## Django's command line on the demo's data: make manage ARGS="import_market_data DIR"
	@$(PYTHON) -m launch manage $(ARGS)
test:            ## all tests, on real servers
	@$(PYTHON) -m launch test $(ARGS)
check:           ## format, lint, types, import layers, migrations, translations, templates
	@$(PYTHON) -m launch check
proofs:          ## the long forms of the proofs
	@$(PYTHON) -m launch proofs $(ARGS)
stripe-live-check: ## the stand-in's list against Stripe's test mode, with STRIPE_SECRET_KEY=sk_test_… (never run where this was written)
	@$(PYTHON) -m launch stripe-live-check $(ARGS)
bench:           ## figures beside peers and limits
	@$(PYTHON) -m launch bench $(ARGS)
screens:         ## every kind of page as a picture, in both languages, three widths, light and dark
	@$(PYTHON) -m launch screens $(ARGS)
scan:            ## wapiti and sqlmap against a demo of its own, signed in as each kind of person
	@$(PYTHON) -m launch scan $(ARGS)
snapshots:       ## render the schema snapshots after a migration was added
	@$(PYTHON) -m launch snapshots
messages:        ## collect strings for translation into locale/
	@$(PYTHON) -m launch messages
lock:            ## resolve the lock files anew
	@$(PYTHON) -m launch lock
shell:           ## a shell inside the development environment
	@$(PYTHON) -m launch shell
