"""Everything that starts things: environment, servers, demo, tests.

Nothing in the product imports this package. The product reads settings from the environment;
this package fills that environment with embedded servers where a person has set none.
"""
