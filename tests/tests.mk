# The tests of ourselves.

check: all
	prove -r tests

.PHONY: check
