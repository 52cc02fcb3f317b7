# The hostile subjects: one shared object under many names, its name says which deed it does.

HOSTILE_C := $(wildcard tests/hostile/*.c)
HOSTILE_O := $(HOSTILE_C:%.c=$B/%.o) $B/tests/hostile/throw.o

$B/tests/hostile/%.o: tests/hostile/%.c
	@mkdir -p $(@D)
	$(COMPILE) -O0 -c $< -o $@

$B/tests/hostile/throw.o: tests/hostile/throw.cpp include/conv2d_abi.h
	@mkdir -p $(@D)
	$(CXX) -std=c++17 $(filter-out -Wstrict-prototypes -Wmissing-prototypes,$(WARNINGS)) -Iinclude -fPIC -c $< -o $@

$B/tests/hostile/subject.so: $(HOSTILE_O)
	$(CXX) -shared $^ -o $@ -lm -ldl -lpthread

# Hard links, so that the name survives where a path is resolved. The names are those of the tables.
$B/hostile/LIST: $B/tests/hostile/subject.so $(HOSTILE_C)
	@rm -rf $(@D) && mkdir -p $(@D)
	sed -n 's/.*{ "\([a-z0-9-]*\)", .*AT_.*/\1/p' $(HOSTILE_C) >$@.new
	for tensor in input weight bias output; do for deed in write read; do \
	  echo $$deed-before-$$tensor; echo $$deed-after-$$tensor; done; done >>$@.new
	for name in $$(cat $@.new); do ln $< $(@D)/$$name.so; done
	@mv $@.new $@

compiled-tests: $B/hostile/LIST

-include $(wildcard $B/tests/hostile/*.d)
