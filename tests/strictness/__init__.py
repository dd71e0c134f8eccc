"""What the suite refuses of any test: see each module; `conftest.py` at the top loads them."""
