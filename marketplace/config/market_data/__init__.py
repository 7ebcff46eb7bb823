"""Goods of other hands, read from files, into shops of the market: for tests, benchmarks and free demonstrations.

`reading` takes the files apart, `categories` and `properties` say what goods are and how they are described, `shopping`
who sells them, `taxonomy` what the market calls things; `run` does it in order. Tables stand in *.toml beside the code.
"""
