"""Commands of the maintainers behind `make`; no part of a night."""
