# The pretend device: one shared object under many names. The name says which deed it does; whose
# kernels run on it says the environment (CONV2D_PRETEND). The runtime of C++ is the worker's way to
# exceptions.

PRETEND_O := $(patsubst %,$B/tests/sandbox/device/%.o,pretend deeds)

# Its lines are not counted, nor is it built with a sanitizer: as the hostile subjects.
$(PRETEND_O): private CFLAGS := $(filter-out --coverage,$(CFLAGS))
$B/tests/sandbox/device/%.o: tests/sandbox/device/%.c tests/sandbox/device/pretend.h
	@mkdir -p $(@D)
	$(COMPILE) -fno-sanitize=all -c $< -o $@

$B/tests/sandbox/device/pretend.so: $(PRETEND_O)
	$(CXX) -shared $^ -o $@ -ldl -lpthread -Wl,--no-as-needed -lstdc++

$B/pretend/LIST: $B/tests/sandbox/device/pretend.so tests/sandbox/device/deeds.c
	@rm -rf $(@D) && mkdir -p $(@D)
	sed -n 's/^  { \(\.name = \)*"\([a-z-]*\)".*/\2/p' tests/sandbox/device/deeds.c >$@.new
	for name in $$(cat $@.new); do ln $< $(@D)/$$name.so; done
	@mv $@.new $@

compiled-tests: $B/pretend/LIST

# Every mutant on the device: the folder of those of the host is what CONV2D_PRETEND names.
$B/pretend-mutants/LIST: $B/tests/sandbox/device/pretend.so $B/mutants/LIST
	@rm -rf $(@D) && mkdir -p $(@D)
	for name in none $$(cut -f1 $B/mutants/LIST); do ln $< $(@D)/$$name.so; done
	@cp $B/mutants/LIST $@

# The tier quick and all mutants on the device and on the host: the same verdicts, case by case.
check-device: all $B/pretend/LIST $B/pretend-mutants/LIST
	lua5.4 tests/sandbox/device/whole.lua

.PHONY: check-device

-include $(wildcard $B/tests/sandbox/device/*.d)
