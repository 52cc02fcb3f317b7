# Which lines the tests of ourselves execute, by gcov, in a mirror of the source tree (sanitize.mk).
#
# COVER_TESTS names what is run: all, unless you say otherwise. The figures are of the processes that
# ended by themselves: a worker that a subject kills writes none, so that sandbox/worker shows less than runs.

COVER_TESTS ?= -r tests build/tests

cover:
	$(call mirror,cover)
	cd $B/cover && export CFLAGS='-O1 -g --coverage -fprofile-update=atomic' && \
	  $(MAKE) --no-print-directory -j$(JOBS) B=build all compiled-tests && \
	  { prove -j$(JOBS) $(COVER_TESTS); true; } && lua5.4 tests/cover.lua

.PHONY: cover
