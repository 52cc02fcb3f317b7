# Fuzzing of the readers: `make fuzz FUZZ_SECONDS=600`. Inputs that find new ways through them are kept in
# tests/fuzz/corpus. It needs clang and its runtime (Debian: clang, libclang-rt-14-dev).
#
# The inputs of yaml, id and npy are bytes as they are. Those of cases, xfail and ids are made by a grammar
# (grammar.c), so that most get past the parser: "N of M accepted" says how many a reader took.

FUZZ_SECONDS ?= 60
FUZZED := yaml id npy cases xfail ids
FUZZ_C := $(wildcard runner/call/*.c runner/suite/*.c runner/covering/*.c runner/data/*.c) \
  runner/run/xfail.c runner/expect/expect.c
FUZZ_LIBS = $B/libconv2d-oracle.a $(shell pkg-config --cflags --libs lua5.4 yaml-0.1 libxxhash) -lm
FUZZ_MADE := tests/fuzz/target.c tests/fuzz/grammar.c $(FUZZ_C)
FUZZ_COMPILE = -std=c17 -O1 -g -D_GNU_SOURCE -Iinclude -Irunner -Itests/fuzz

$B/tests/fuzz/fuzz: $(FUZZ_MADE) tests/fuzz/grammar.h $B/libconv2d-oracle.a
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	clang $(FUZZ_COMPILE) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(FUZZ_MADE) -o $@ $(FUZZ_LIBS)

$B/tests/fuzz/replay: tests/fuzz/replay.c $(FUZZ_MADE) tests/fuzz/grammar.h $B/libconv2d-oracle.a
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	$(CC) $(FUZZ_COMPILE) -fsanitize=address,undefined -fno-sanitize-recover=all $< $(FUZZ_MADE) -o $@ $(FUZZ_LIBS)

compiled-tests: $B/tests/fuzz/replay

fuzz: $B/tests/fuzz/fuzz
	for t in $(FUZZED); do export FUZZ_TARGET=$$t; \
	  mkdir -p $B/tests/fuzz/found-$$t && \
	  $< -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=1024 -max_len=4096 -print_final_stats=1 \
	    $B/tests/fuzz/found-$$t tests/fuzz/corpus/$$t && \
	  $< -merge=1 tests/fuzz/corpus/$$t $B/tests/fuzz/found-$$t || exit 1; done

.PHONY: fuzz
