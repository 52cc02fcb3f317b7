# Which lines the tests execute, by gcov, in a mirror of the source tree (sanitize.mk).
#
# COVER_TESTS names the tests to run; by default it is all of them. A process writes its figures when it ends by
# itself. A worker that a subject kills writes none, so sandbox/worker shows fewer lines than are run.

COVER_TESTS ?= -r tests build/tests

cover:
	$(call mirror,cover)
	cd $B/cover && export CFLAGS='-O1 -g --coverage -fprofile-update=atomic' && \
	  $(MAKE) --no-print-directory -j$(JOBS) B=build all compiled-tests && \
	  { prove -j$(JOBS) $(COVER_TESTS); true; } && lua5.4 tests/cover.lua

.PHONY: cover
