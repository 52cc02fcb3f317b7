# How fast, side by side.

bench: all
	bench/throughput.lua

.PHONY: bench

# ---- what the oracle costs, beside plain double, MPFR, and PyTorch if Debian's Python has it

$B/bench/oracle: bench/oracle.c bench/oracle_plain.c bench/oracle.h $B/liboracle.a
	@mkdir -p $(@D)
	$(COMPILE) -O3 $(filter %.c %.a,$^) -o $@ -lmpfr -lm

bench-oracle: $B/bench/oracle
	/usr/bin/python3 bench/oracle_torch.py $$($< --layers) | $<

.PHONY: bench-oracle
