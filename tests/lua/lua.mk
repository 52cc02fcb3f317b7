# Scripts and the commands made of them: planted subjects, and how often explain is right.

PLANTS := float_sum double_sum bfloat16_inside pairwise flush_to_zero winograd fourier

$B/plants/%.so: tests/lua/plants.c include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) -ffp-contract=off -DPLANT=$* -DPLANT_NAME='"$*"' -shared $< -o $@ -lm

compiled-tests: $(PLANTS:%=$B/plants/%.so) $B/mutants/LIST

explain-score: all $B/mutants/LIST
	$B/conv2d-cts lua tests/lua/explain-score.lua

.PHONY: explain-score
