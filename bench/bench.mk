# How fast, side by side.

bench: all bench-oracle bench-judge bench-problems bench-twin bench-reports bench-device
	bench/throughput.lua

.PHONY: bench

# The Python whose PyTorch is measured: that of `make deps-adapters GROUP=python`, or Debian's. Without
# PyTorch its columns stay empty.
TORCH ?= $(firstword $(wildcard adapters/installed/python/bin/python) /usr/bin/python3)

# ---- what the oracle costs, beside plain double, MPFR, and PyTorch

$B/bench/oracle: bench/oracle.c bench/oracle_plain.c bench/oracle.h $(ORACLE_O)
	@mkdir -p $(@D)
	$(COMPILE) -O3 $(filter %.c %.o,$^) -o $@ -lmpfr -lm

# As on a processor whose vectors are of 32 bytes.
$B/bench/oracle-32: bench/oracle.c bench/oracle_plain.c bench/oracle.h $(wildcard oracle/*.[ch])
	@mkdir -p $(@D)
	$(COMPILE) -O3 -ffp-contract=off -DWIDEST=32 $(filter %.c,$^) -o $@ -lmpfr -lm

bench-oracle: $B/bench/oracle $B/bench/oracle-32
	$(TORCH) bench/torch_conv2d.py float64 $$($< --layers) | $<
	@echo; $(word 2,$^) </dev/null

.PHONY: bench-oracle

# ---- what data and judging cost, beside the convolution itself

$B/bench/judge: bench/judge.c $(wildcard tests/judge/*.h) $(JUDGE_O) $B/libconv2d-oracle.a
	@mkdir -p $(@D)
	$(COMPILE) -O3 -Irunner $(filter %.c %.o %.a,$^) -o $@ -lxxhash -lm

bench-judge: $B/bench/judge
	$(TORCH) bench/torch_conv2d.py float32 $$($< --layers) | $<

.PHONY: bench-judge

# ---- what judging the layers of networks costs in all, beside computing them

bench-problems: all $B/bench/oracle
	$B/conv2d-cts lua bench/problems.lua $(TORCH)

.PHONY: bench-problems

# ---- what evaluating a tree of additions costs, beside plain float32 by rows

TWIN_O := $(patsubst %.c,$B/%.o,$(wildcard runner/twin/*.c)) $(CALL_O)

$B/bench/twin: bench/twin.c $(TWIN_O)
	@mkdir -p $(@D)
	$(COMPILE) -O3 -Irunner $(filter %.c %.o,$^) -o $@ -lm

bench-twin: $B/bench/twin
	$<

.PHONY: bench-twin

# ---- what long logs cost: CASES=17700000 for that many cases

CASES ?= 1000000
bench-reports: all
	bench/reports.lua $(CASES)

.PHONY: bench-reports

# ---- what a device's memory costs, with the same kernel in the host's

$B/bench/direct.so: bench/direct.c $(wildcard adapters/device/*.h) adapters/adapter.h include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) $(SUBJECT) $< -o $@

bench-device: all $B/bench/direct.so $B/pretend/LIST
	@if $(call is-there,opencl); then $(MAKE) --no-print-directory -s $B/adapters/opencl.so; fi
	bench/device.lua

.PHONY: bench-device

# ---- what the seam for devices costs a subject of the host: beside a worker that knows only the host's memory

SEAM := $B/host-only
SEAM_O := $(patsubst %.c,$(SEAM)/objects/%.o,$(SHARED_C) $(wildcard runner/sandbox/worker/*.c))
$(SEAM)/objects/%.o: %.c $(wildcard runner/sandbox/worker/*.h)
	@mkdir -p $(@D)
	$(COMPILE) -Irunner -DHOST_ONLY -c $< -o $@

bench-seam: all $(SEAM_O)
	@rm -rf $(SEAM)/build && mkdir -p $(SEAM)/build
	cp -r $B/conv2d-cts $B/adapters $(SEAM)/build
	$(CC) $(CFLAGS) $(SEAM_O) -o $(SEAM)/build/conv2d-worker -lpthread -ldl
	CONV2D_CTS_ROOT=$(CURDIR) bench/against.lua $(SEAM)/build/conv2d-cts $B/conv2d-cts

.PHONY: bench-seam

# ---- throughput beside that of other commits, in pairs: AGAINST='COMMIT ...'

AGAINST ?= HEAD
bench-against: all
	@$(foreach c,$(AGAINST),mkdir -p $B/against/$c && git archive $c | tar -x -C $B/against/$c && $(MAKE) --no-print-directory -s -C $B/against/$c all >/dev/null || exit 1;)
	bench/against.lua $(AGAINST:%=$B/against/%/build/conv2d-cts) $B/conv2d-cts

.PHONY: bench-against
