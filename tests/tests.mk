# The tests of the suite itself.

# Compiled tests are prerequisites of compiled-tests; prove finds them in $B/tests.
check: export CONV2D_CTS_CACHE = $(CURDIR)/$B/cache
check: all compiled-tests
	prove -j$(JOBS) -r tests $B/tests

.PHONY: check compiled-tests

# ---- the words that all share

CALL_O := $(patsubst %.c,$B/%.o,$(wildcard runner/call/*.c))

$B/tests/call/%.t: tests/call/%.c tests/tap.h $(CALL_O)
	@mkdir -p $(@D)
	$(COMPILE) -Irunner $< $(CALL_O) -o $@ -lm

compiled-tests: $(patsubst tests/%.c,$B/tests/%.t,$(wildcard tests/call/*.c))

# ---- data

DATA_O := $(CALL_O) $(patsubst %,$B/runner/data/%.o,data words recipes numerics)

$B/tests/data/%.t: tests/data/%.c tests/data/tensors.h tests/tap.h $(DATA_O)
	@mkdir -p $(@D)
	$(COMPILE) -Irunner $< $(DATA_O) -o $@ -lxxhash -lm

compiled-tests: $(patsubst tests/%.c,$B/tests/%.t,$(wildcard tests/data/*.c))

# ---- covering arrays

COVERING_O := $(patsubst %.c,$B/%.o,$(wildcard runner/covering/*.c))

$B/tests/covering/%.t: tests/covering/%.c tests/tap.h $(COVERING_O)
	@mkdir -p $(@D)
	$(COMPILE) -Irunner $< $(COVERING_O) -o $@

compiled-tests: $(patsubst tests/%.c,$B/tests/%.t,$(wildcard tests/covering/*.c))

# ---- the judge

JUDGE_O := $(patsubst %.c,$B/%.o,$(wildcard runner/judge/*.c)) $(patsubst %,$B/runner/expect/%.o,ask byte_sums stretch) $(DATA_O)

# Vectors that are longer than the machine's are passed only between functions of the test itself.
$B/tests/judge/sizes.t: private CFLAGS += -O3 -Wno-psabi

$B/tests/judge/%.t: tests/judge/%.c $(wildcard tests/judge/*.h) tests/tap.h $(JUDGE_O) $B/libconv2d-oracle.a
	@mkdir -p $(@D)
	$(COMPILE) -Irunner $< $(JUDGE_O) $B/libconv2d-oracle.a -o $@ -lxxhash -lm

compiled-tests: $(patsubst tests/%.c,$B/tests/%.t,$(wildcard tests/judge/*.c))

# Right answers at the sizes of networks, 10^5 of them; minutes.
check-judge: $B/tests/judge/sizes.t $B/tests/judge/networks.t
	$< 17 600000
	$B/tests/judge/networks.t 1 300000

.PHONY: check-judge

include tests/large/large.mk
include tests/mutants/mutants.mk
include tests/sandbox/hostile/hostile.mk
include tests/sandbox/device/device.mk
include tests/sandbox/device/cuda/pretend.mk
include adapters/cuda/cuda.mk
include tests/sandbox/sandbox.mk
include tests/cluster/cluster.mk
include tests/reports/reports.mk
include tests/fuzz/fuzz.mk
include tests/sanitize.mk
include tests/cover.mk
include tests/pipe/pipe.mk

# ---- oracle: `make check` runs all of it for seconds, `make check-mpfr` the comparisons for minutes

$B/tests/oracle/sample.o: tests/oracle/sample.c tests/oracle/sample.h
	@mkdir -p $(@D)
	$(COMPILE) -c $< -o $@

$B/tests/oracle/%.t: tests/oracle/%.c $B/tests/oracle/sample.o $B/libconv2d-oracle.a tests/tap.h
	@mkdir -p $(@D)
	$(COMPILE) $< $B/tests/oracle/sample.o $B/libconv2d-oracle.a -o $@ -lmpfr -lgmp -lm

# gcc 12 for AArch64 fails with an internal error where it vectorises a loop of this test.
$B/tests/oracle/init.t: private CFLAGS += -fno-tree-vectorize

# These include the file of their name, and need the names that the library keeps to itself.
INSIDE := $(patsubst %,$B/tests/oracle/%.t,exact multiply settle product)
$(INSIDE): $B/tests/oracle/%.t: tests/oracle/%.c $B/tests/oracle/sample.o $(ORACLE_O) tests/tap.h
	@mkdir -p $(@D)
	$(COMPILE) $< $(filter-out $B/oracle/$*.o,$(filter %.o,$^)) -o $@ -lmpfr -lgmp -lm

# The same in windows so small that all but the smallest gradients of a weight have several.
$B/tests/oracle/gradient-64.o: oracle/gradient.c
	@mkdir -p $(@D)
	$(COMPILE) -ffp-contract=off -DWINDOW=64 -c $< -o $@

$B/tests/oracle/windows.t: tests/oracle/same.c $B/tests/oracle/sample.o $B/tests/oracle/gradient-64.o $(ORACLE_O) tests/tap.h
	@mkdir -p $(@D)
	$(COMPILE) $< $(filter-out $B/oracle/gradient.o,$(filter %.o,$^)) -o $@ -lmpfr -lgmp -lm

ORACLE_T := $(INSIDE) $(patsubst %,$B/tests/oracle/%.t,values rejections environment init same windows mpfr)
compiled-tests: $(ORACLE_T)

check-mpfr: $(ORACLE_T)
	$B/tests/oracle/same.t 20
	$B/tests/oracle/mpfr.t 20

check-torch: $B/libconv2d-oracle.so
	/usr/bin/python3 tests/oracle/torch_check.py $<
	/usr/bin/python3 tests/oracle/torch_check.py $< 9000 1 complex

.PHONY: check-mpfr check-torch

# ---- lint

lint: all
	tests/lint.sh

deps-lint:
	$(call install-missing,tests/lint-packages.txt)

# The same on other compilers and processors; what is not installed is skipped with the reason.
check-portable: all
	B=$B LIBRARIES='$(LIBRARIES)' tests/portable.sh

# The runner's libraries for the other processor come beside those of this one.
deps-portable:
	dpkg --print-foreign-architectures | grep -qx arm64 || { dpkg --add-architecture arm64 && apt-get update; }
	$(call install-missing,tests/portable-packages.txt)

.PHONY: lint deps-lint check-portable deps-portable
include tests/lua/lua.mk
