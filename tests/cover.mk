# Which lines the tests execute, by gcov, in a mirror of the source tree (sanitize.mk).
#
# COVER_TESTS names the tests to run; by default it is all of them, which takes an hour. `make cover-core` runs
# those that reach the rooms of the core: what they execute, `make check` executes. A process writes its figures when
# it ends by itself. A worker that a subject kills writes none, so sandbox/worker shows fewer lines than are run.
#
# Threads may lose a count to each other, but never the first one, so the counters need not be atomic.

COVER_TESTS ?= -r tests build/tests
COVER_CORE := build/tests/call build/tests/covering build/tests/data build/tests/judge build/tests/oracle tests/suite tests/data \
  tests/oracle tests/specs tests/lua/api.t tests/lua/contract.t \
  $(patsubst %,tests/command/%.t,oracle ids slices coverage budget offered names fresh strangers repro) \
  tests/fuzz/corpus.t tests/sandbox/hostile/answers.t tests/sandbox/hostile/process.t tests/sandbox/device/deeds.t

cover:
	$(call mirror,cover)
	cd $B/cover && export CFLAGS='-O1 -g --coverage' && \
	  $(MAKE) --no-print-directory -j$(JOBS) B=build all compiled-tests && \
	  { prove -j$(JOBS) $(COVER_TESTS); true; } && lua5.4 tests/cover.lua

cover-core:
	$(MAKE) --no-print-directory cover COVER_TESTS='-r $(COVER_CORE)'

.PHONY: cover cover-core
