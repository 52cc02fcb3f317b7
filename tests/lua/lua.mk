# Scripts and the commands made of them: planted subjects, and how often explain is right.

PLANTS := float_sum fused double_sum float16_sum bfloat16_inside tf32_inside backward pairwise lanes blocks_of_16 \
  blocks_of_256 flush_to_zero flush_inputs flush_results unrepeatable threaded winograd2 winograd4 winograd_by_batch fourier

# Layers with mistakes as people make them, which explain must tell.
KERNELS := tail_of_columns_4 tail_of_columns_8 tail_of_columns_16 zero_tail_of_columns tail_of_channels_4 tail_of_channels_8 \
  tail_of_pixels tail_of_inputs accumulates pitch_of_output twice seam narrow_index overrun race stuck

$B/plants/kernel-%.so: tests/lua/plants/kernel.c include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) -g -DPLANT=$* -DPLANT_NAME='"$*"' -shared $< -o $@

compiled-tests: $(KERNELS:%=$B/plants/kernel-%.so)

$B/plants/%.so: tests/lua/plants/plant.c $(wildcard tests/lua/plants/*.h) include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) -ffp-contract=off -DPLANT=$* -DPLANT_NAME='"$*"' $(if $(filter winograd4,$*),-DTILE=4,-DTILE=2) -shared $< -o $@ -lm

ORDERS := $(addprefix order_,chain fused reversed taps_first bias_first blocks pairwise lanes halves double kahan neumaier cut \
  ties_away at_once short_operand stored stored_once width_tail channel_tail mixed narrow changing ulp twice_rounded short_large block_16 columns \
  switches faulty_switch neighbours layout alignment threads)

$(ORDERS:%=$B/plants/%.so): $B/plants/%.so: tests/lua/plants/orders.c include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) -ffp-contract=off -DPLANT=$* -DPLANT_NAME='"$*"' -shared $< -o $@ -lm

compiled-tests: $(PLANTS:%=$B/plants/%.so) $(ORDERS:%=$B/plants/%.so) $B/mutants/LIST

$B/plants/in_front.so: tests/lua/plants/in_front.c include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) -shared $< -o $@ -ldl

compiled-tests: $B/plants/in_front.so

# How many of the switches in oneDNN's log a map finds: on all instructions of this machine, and on AVX2.
MAP_SCORED ?= onednn onednn-direct onednn-plain
map-score: all $B/plants/in_front.so $(MAP_SCORED:%=$B/adapters/%.so)
	@failed=0; for subject in $(MAP_SCORED); do for isa in '' AVX2; do \
	  $B/conv2d-cts lua tests/lua/map-score.lua $B/adapters/$$subject.so $$isa || failed=1; \
	done; done; exit $$failed

explain-score: all $B/mutants/EFFECTS
	$B/conv2d-cts lua tests/lua/explain-score.lua

# The mutants once more, built to tell which edges of their code are reached.
HUNTED_O := $(patsubst tests/mutants/%.c,$B/tests/hunted/%.o,$(filter-out %/list.c,$(wildcard tests/mutants/*.c)))

$B/tests/hunted/%.o: tests/mutants/%.c
	@mkdir -p $(@D)
	$(COMPILE) -O1 -fsanitize-coverage=trace-pc,trace-cmp -c $< -o $@

$B/tests/hunted/engine.so: $(HUNTED_O)
	$(CC) $(CFLAGS) -shared $^ -o $@ -lm -ldl

$B/hunted/LIST: $B/tests/hunted/engine.so $B/mutants/LIST
	@mkdir -p $(@D)
	for name in none $$(cut -f1 $B/mutants/LIST); do ln -f $< $(@D)/$$name.so; done
	@cp $B/mutants/LIST $@

# How many of the mutants of sizes a hunt finds, each in so many seconds; HUNTED="NAME ..." for some only.
HUNT_SECONDS ?= 600
hunt-score: all $B/mutants/LIST $B/hunted/LIST
	$B/conv2d-cts lua tests/lua/hunt-score.lua $B/mutants $(HUNT_SECONDS) $(HUNTED)
	$B/conv2d-cts lua tests/lua/hunt-score.lua $B/hunted $(HUNT_SECONDS) $(HUNTED)

# How much of each implementation's answers its own order of additions predicts, each part of the cases in so many seconds.
TWIN_SECONDS ?= 100
TWIN_SCORED ?= libtorch onednn-direct onednn-plain xnnpack opencv libxsmm darknet dlib armnn tiny-dnn clblast naive
twin-score: all
	$B/conv2d-cts lua tests/lua/twin-score.lua $(TWIN_SECONDS) $(TWIN_SCORED:%=$B/adapters/%.so)

.PHONY: explain-score hunt-score map-score twin-score
