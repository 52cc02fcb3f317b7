# The tests of the suite itself, under tools that find more than a test does.
#
# Each sanitizer gets a mirror of the source tree below $B, so that there, too, the build is called
# build/. What a test cannot do under it is skipped with the reason.

define mirror
mkdir -p $B/$(1)
find $B/$(1) -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
tar -c --exclude=./.git --exclude=./build --exclude=./$B --exclude=node_modules . | tar -x -C $B/$(1)
endef

FLAGS_address := address,undefined
FLAGS_thread := thread

# CFLAGS goes into the environment of prove too: some tests call a compiler.
define mirrored
$(call mirror,$(1))
export CONV2D_SANITIZER=$(1) ASAN_OPTIONS=use_sigaltstack=0 && cd $B/$(1) && \
export CFLAGS='-O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=$(FLAGS_$(1))' && \
$(MAKE) --no-print-directory -j$(JOBS) B=build all compiled-tests &&
endef

sanitize: sanitize-address sanitize-thread

# The worker has stacks of its own for signals, which the sanitizer must not replace.
sanitize-address:
	$(call mirrored,address) prove -j$(JOBS) -r tests build/tests

# The supervisor drives its lanes by threads; here are all the ways in which a run goes on and ends.
THREADED := hostile/survival.t hostile/ends.t hostile/answers.t hostile/process.t lua/script.t lua/api.t \
  command/xfail.t reports/logs.t

sanitize-thread:
	$(call mirrored,thread) \
	build/conv2d-cts run --impl build/adapters/naive.so --jobs 4 --log build/log.jsonl --tap >build/tap && \
	prove $(addprefix tests/,$(THREADED))

# ---- Valgrind

VALGRIND := valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect,possible

# The tests that call the program as a user does, by the name in CONV2D_CTS: all commands, right and wrong input,
# and subjects that misbehave in every way. lua/script.t is left out: it ends the program in the middle of its
# work, and then all memory in use would count as lost.
COMMANDED := $(addprefix tests/,command/oracle.t command/status.t command/xfail.t command/repro.t command/slices.t \
  command/coverage.t suite/errors.t suite/hostile.t pipe/bridge.t lua/api.t lua/examples.t lua/properties.t \
  lua/explain.t lua/probe.t lua/shrink.t reports/logs.t reports/diff.t reports/show.t reports/text.t \
  hostile/ends.t hostile/memory.t hostile/process.t hostile/answers.t hostile/loading.t)

# First the supervisor, then the worker with the subject, then the tests in C, then the commands. Of the tests in C only
# Valgrind's errors count here: some tests fail, as Valgrind rounds to nearest whatever rounding mode is set.
memcheck: all compiled-tests
	$(VALGRIND) $B/conv2d-cts run --jobs 1 --time-limit 100 --impl $(IMPL) --tier $(TIER)
	$B/conv2d-cts run --valgrind --time-limit 100 --impl $(IMPL) --tier $(TIER)
	find $B/tests -name '*.t' | xargs -P$(JOBS) -I{} sh -c \
	  '$(VALGRIND) {} 0.05 >{}.tap 2>&1; test $$? -ne 9 || { cat {}.tap; exit 255; }'
	CONV2D_CTS='$(VALGRIND) $B/conv2d-cts' prove -j$(JOBS) $(COMMANDED)

.PHONY: sanitize sanitize-address sanitize-thread memcheck
