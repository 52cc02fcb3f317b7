# How fast, side by side.

bench: all bench-oracle bench-judge bench-problems bench-twin bench-reports
	bench/throughput.lua

.PHONY: bench

# The Python whose PyTorch is measured: that of `make deps-adapters GROUP=python`, or Debian's. Without
# PyTorch its columns stay empty.
TORCH ?= $(firstword $(wildcard adapters/installed/python/bin/python) /usr/bin/python3)

# ---- what the oracle costs, beside plain double, MPFR, and PyTorch

$B/bench/oracle: bench/oracle.c bench/oracle_plain.c bench/oracle.h $(ORACLE_O)
	@mkdir -p $(@D)
	$(COMPILE) -O3 $(filter %.c %.o,$^) -o $@ -lmpfr -lm

bench-oracle: $B/bench/oracle
	$(TORCH) bench/torch_conv2d.py float64 $$($< --layers) | $<

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

# ---- what reports of long logs cost

bench-reports: all
	bench/reports.lua

.PHONY: bench-reports
