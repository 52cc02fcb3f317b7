# The tests of ourselves under tools that see more than a test does.
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

# The worker has stacks of its own for signals, of which the sanitizer must not take hold.
sanitize-address:
	$(call mirrored,address) prove -j$(JOBS) -r tests build/tests

# The supervisor drives its lanes by threads; here are all the ways in which a run goes on and ends.
THREADED := hostile/survival.t hostile/ends.t hostile/answers.t hostile/process.t lua/script.t lua/api.t \
  command/xfail.t reports/logs.t

sanitize-thread:
	$(call mirrored,thread) \
	build/conv2d-cts run --impl build/adapters/naive.so --jobs 4 --log build/log.jsonl --tap >build/tap && \
	prove $(addprefix tests/,$(THREADED))

.PHONY: sanitize sanitize-address sanitize-thread
