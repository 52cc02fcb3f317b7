# How fast, side by side.

bench: all
	bench/throughput.lua

.PHONY: bench
