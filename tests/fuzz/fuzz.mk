# Fuzzing of the readers: `make fuzz FUZZ_SECONDS=600`. Inputs that find new ways through them are kept in
# tests/fuzz/corpus. It needs clang and its runtime (Debian: clang, libclang-rt-14-dev).
#
# The inputs of yaml, id, npy and compute are bytes as they are. The others are made by grammars (grammar.c, lines.c), so that
# most get past the parser: "N of M accepted" says how many a reader took. Logs and arguments are read by scripts, with
# the whole program around them: a second program, with the same sanitizers.

FUZZ_SECONDS ?= 60
FUZZED := yaml id npy cases xfail ids replies numerics descriptors compute
FUZZED_BY_SCRIPT := logs zstd arguments expected histories imports
FUZZ_C := $(wildcard runner/call/*.c runner/suite/*.c runner/covering/*.c runner/data/*.c) \
  runner/run/xfail.c runner/expect/expect.c $(patsubst %,runner/sandbox/worker/%.c,compute device memory)
FUZZ_LIBS = $B/libconv2d-oracle.a $(shell pkg-config --cflags --libs lua5.4 yaml-0.1 libxxhash jansson) -lm
FUZZ_MADE := $(patsubst %,tests/fuzz/%.c,target document grammar lines words replies descriptors) $(FUZZ_C)
FUZZ_H := $(wildcard tests/fuzz/*.h) $(PIPE_C) runner/sandbox/worker/load.c
FUZZ_COMPILE = -std=c17 -O1 -g $(filter --coverage,$(CFLAGS)) -D_GNU_SOURCE -Iinclude -Irunner -Itests/fuzz

$B/tests/fuzz/fuzz: $(FUZZ_MADE) $(FUZZ_H) $B/libconv2d-oracle.a
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	clang $(FUZZ_COMPILE) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(FUZZ_MADE) -o $@ $(FUZZ_LIBS)

$B/tests/fuzz/replay: tests/fuzz/replay.c $(FUZZ_MADE) $(FUZZ_H) $B/libconv2d-oracle.a
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	$(CC) $(FUZZ_COMPILE) -fsanitize=address,undefined -fno-sanitize-recover=all $< $(FUZZ_MADE) -o $@ $(FUZZ_LIBS)

compiled-tests: $B/tests/fuzz/replay

FUZZ_SCRIPT_C := $(patsubst %,tests/fuzz/%.c,script document grammar lines words)

$B/tests/fuzz/script: $(FUZZ_SCRIPT_C) $(FUZZ_H) $(RUNNER_C) $B/libconv2d-oracle.a
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	clang $(FUZZ_COMPILE) $(RUNNER_CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	  $(FUZZ_SCRIPT_C) $(filter-out runner/main.c runner/sandbox/worker/%,$(RUNNER_C)) \
	  $B/libconv2d-oracle.a -o $@ $(RUNNER_LIBS)

# The corpus of the scripts is part of `make check` too: with the objects of the program, so that it is quickly built.
$B/tests/fuzz/replay-scripts: tests/fuzz/replay.c $(FUZZ_SCRIPT_C) $(FUZZ_H) $(RUNNER_O) $B/libconv2d-oracle.a
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	$(CC) $(FUZZ_COMPILE) $(filter -fsanitize%,$(CFLAGS)) $(RUNNER_CFLAGS) $< $(FUZZ_SCRIPT_C) $(filter-out $B/runner/main.o,$(RUNNER_O)) \
	  $B/libconv2d-oracle.a -o $@ $(RUNNER_LIBS)

compiled-tests: $B/tests/fuzz/replay-scripts

fuzz: $B/tests/fuzz/fuzz $B/tests/fuzz/script
	for t in $(FUZZED) $(FUZZED_BY_SCRIPT); do export FUZZ_TARGET=$$t; \
	  case " $(FUZZED) " in *" $$t "*) fuzz=$<;; *) fuzz=$B/tests/fuzz/script;; esac; \
	  mkdir -p $B/tests/fuzz/found-$$t && \
	  $$fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=1024 -max_len=4096 -print_final_stats=1 \
	    $B/tests/fuzz/found-$$t tests/fuzz/corpus/$$t && \
	  $$fuzz -merge=1 tests/fuzz/corpus/$$t $B/tests/fuzz/found-$$t || exit 1; done

.PHONY: fuzz
