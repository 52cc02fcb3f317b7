# The rooms of the sandbox, each alone: what stands on either side of it is the test's own.

SANDBOX_W := $B/runner/sandbox/worker
SANDBOX_S := $B/runner/sandbox/supervisor
SANDBOX_WITH_stage := $(SANDBOX_W)/stage.o $(SANDBOX_W)/fill.o $(SANDBOX_W)/memory.o
SANDBOX_WITH_blame := $(addprefix $(SANDBOX_S)/,blame.o output.o)
SANDBOX_WITH_report := $(SANDBOX_S)/report.o $B/runner/sandbox/wire/seal.o
SANDBOX_WITH_compute := $(SANDBOX_W)/compute.o
SANDBOX_WITH_batch := $(addprefix $(SANDBOX_S)/,batch.o blame.o output.o report.o) $B/runner/sandbox/wire/seal.o

$(foreach t,stage blame report batch compute,$(eval $B/tests/sandbox/$t.t: $(SANDBOX_WITH_$t)))

$B/tests/sandbox/%.t: tests/sandbox/%.c $(wildcard tests/sandbox/*.h) tests/tap.h $(CALL_O)
	@mkdir -p $(@D)
	$(COMPILE) -Irunner $< $(CALL_O) $(SANDBOX_WITH_$*) -o $@ -lm

compiled-tests: $(patsubst tests/%.c,$B/tests/%.t,$(wildcard tests/sandbox/*.c))
