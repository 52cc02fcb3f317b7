# The mutants: one shared object under many names. The name says which mistake it makes.
# build/mutants/LIST has a line for each: name, group, sentence; none.so makes no mistake.

MUTANT_O := $(patsubst %.c,$B/%.o,$(filter-out %/list.c,$(wildcard tests/mutants/*.c)))

$B/tests/mutants/%.o: tests/mutants/%.c
	@mkdir -p $(@D)
	$(COMPILE) -c $< -o $@

$B/tests/mutants/engine.so: $(MUTANT_O)
	$(CC) $(CFLAGS) -shared $^ -o $@ -lm -ldl

$B/tests/mutants/list: $(MUTANT_O) $B/tests/mutants/list.o
	$(CC) $(CFLAGS) $^ -o $@ -lm -ldl

# Hard links, so that the name survives where a path is resolved.
$B/mutants/LIST: $B/tests/mutants/engine.so $B/tests/mutants/list
	@mkdir -p $(@D)
	$B/tests/mutants/list >$@.new
	for name in none $$(cut -f1 $@.new); do ln -f $< $(@D)/$$name.so; done
	@mv $@.new $@

# Which of them have an effect of effects.h: what explain should name.
$B/mutants/EFFECTS: $B/mutants/LIST
	$B/tests/mutants/list effects >$@

# One of them by its name: make build/mutants/padding-swapped.so
$B/mutants/%.so: $B/mutants/LIST ;

# Each dies by more than one case; MUTANTS="NAME ..." for some only.
mutants: all $B/mutants/LIST
	$B/conv2d-cts lua tests/mutants/kill.lua $B/mutants $(MUTANTS)

# Remembers the cases by which they died: `make mutants` tries these first.
killers: mutants
	cp $B/mutants/KILLERS.tsv tests/mutants/killers.tsv

# Each on all cases of a tier, but those whose mistakes hang on sizes, and which clause has one to itself.
mutants-matrix: all $B/mutants/LIST
	$B/conv2d-cts lua tests/mutants/matrix.lua $B/mutants $(TIER)
	$B/conv2d-cts coverage --strength 1 --tier $(or $(TIER),quick) --mutants $B/mutants/KILLS.tsv

# prove runs tests/mutants/mutants.t, which takes a mutant of each group.
compiled-tests: $B/mutants/LIST

.PHONY: mutants killers mutants-matrix

-include $(wildcard $B/tests/mutants/*.d)
