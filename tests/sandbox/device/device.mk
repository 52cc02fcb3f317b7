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

-include $(wildcard $B/tests/sandbox/device/*.d)
