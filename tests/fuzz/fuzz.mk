# Fuzzing of the readers: `make fuzz FUZZ_SECONDS=600`; what finds new ways through them is kept in
# tests/fuzz/corpus. Needs clang and its runtime (Debian: clang, libclang-rt-14-dev).

FUZZ_SECONDS ?= 60
FUZZ_C := $(wildcard runner/call/*.c) $(patsubst %,runner/suite/%.c,yamltree node) $(patsubst %,runner/data/%.c,npy data recipes numerics)
TARGET_yaml := YAML
TARGET_id := ID
TARGET_npy := NPY

$B/tests/fuzz/fuzz-%: tests/fuzz/target.c $(FUZZ_C)
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	clang -std=c17 -O1 -g -D_GNU_SOURCE -DTARGET=$(TARGET_$*) -Iinclude -Irunner -fsanitize=fuzzer,address,undefined \
	  $^ -o $@ -lyaml -lxxhash -lm

$B/tests/fuzz/replay-%: tests/fuzz/replay.c tests/fuzz/target.c $(FUZZ_C)
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	$(CC) -std=c17 -O1 -g -D_GNU_SOURCE -DTARGET=$(TARGET_$*) -Iinclude -Irunner -fsanitize=address,undefined \
	  -fno-sanitize-recover=all $^ -o $@ -lyaml -lxxhash -lm

compiled-tests: $(patsubst %,$B/tests/fuzz/replay-%,yaml id npy)

fuzz: $(patsubst %,$B/tests/fuzz/fuzz-%,yaml id npy)
	for t in yaml id npy; do \
	  mkdir -p $B/tests/fuzz/found-$$t && \
	  $B/tests/fuzz/fuzz-$$t -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=1024 -max_len=4096 -print_final_stats=1 \
	    $B/tests/fuzz/found-$$t tests/fuzz/corpus/$$t && \
	  $B/tests/fuzz/fuzz-$$t -merge=1 tests/fuzz/corpus/$$t $B/tests/fuzz/found-$$t || exit 1; done

.PHONY: fuzz
