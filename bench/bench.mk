# How fast, side by side.

bench: all
	bench/throughput.lua

.PHONY: bench

# ---- what the oracle costs, beside plain double, MPFR, and PyTorch if Debian's Python has it

$B/bench/oracle: bench/oracle.c bench/oracle_plain.c bench/oracle.h $(ORACLE_O)
	@mkdir -p $(@D)
	$(COMPILE) -O3 $(filter %.c %.o,$^) -o $@ -lmpfr -lm

bench-oracle: $B/bench/oracle
	/usr/bin/python3 bench/oracle_torch.py $$($< --layers) | $<

.PHONY: bench-oracle
