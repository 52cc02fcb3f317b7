# The tests of ourselves.

# Compiled tests are prerequisites of compiled-tests; prove finds them in $B/tests.
check: all compiled-tests
	prove -r tests $B/tests

.PHONY: check compiled-tests

# ---- data and layouts

DATA_O := $(patsubst %,$B/runner/%.o,dtype data recipes numerics layout)

$B/tests/data/%.t: tests/data/%.c tests/data/tensors.h tests/tap.h $(DATA_O)
	@mkdir -p $(@D)
	$(COMPILE) $< $(DATA_O) -o $@ -lxxhash -lm

compiled-tests: $(patsubst tests/%.c,$B/tests/%.t,$(wildcard tests/data/*.c))
