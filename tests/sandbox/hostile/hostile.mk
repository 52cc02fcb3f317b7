# The hostile subjects: one shared object under many names, its name says which deed it does. What
# they do is done also where all else is built with sanitizers, which would stop it.

HOSTILE_C := $(patsubst %,tests/sandbox/hostile/%.c,hostile ends memory process answers forge alignment late hidden guards)
HOSTILE_O := $(HOSTILE_C:%.c=$B/%.o) $B/tests/sandbox/hostile/throw.o
HOSTILE_ASAN_O := $(HOSTILE_C:%.c=$B/%.asan.o)

# The sample inside keeps its speed; the deeds must not be optimised away.
$B/tests/sandbox/hostile/hostile.o $B/tests/sandbox/hostile/hostile.asan.o: DEEDS_O := -O2
DEEDS_O := -O0

# Nor are their lines counted (cover.mk): they are linked without the runtime for that.
$(HOSTILE_O) $(HOSTILE_ASAN_O) $B/hostile/loading/%.so: private CFLAGS := $(filter-out --coverage,$(CFLAGS))

$B/tests/sandbox/hostile/%.o: tests/sandbox/hostile/%.c
	@mkdir -p $(@D)
	$(COMPILE) -Irunner $(DEEDS_O) -fno-sanitize=all -c $< -o $@

$B/tests/sandbox/hostile/%.asan.o: tests/sandbox/hostile/%.c
	@mkdir -p $(@D)
	$(COMPILE) -Irunner $(DEEDS_O) -fno-sanitize=all -fsanitize=address -c $< -o $@

$B/tests/sandbox/hostile/throw.o: tests/sandbox/hostile/throw.cpp include/conv2d_abi.h
	@mkdir -p $(@D)
	$(CXX) -std=c++17 $(filter-out -Wstrict-prototypes -Wmissing-prototypes,$(WARNINGS)) -Iinclude -fPIC -c $< -o $@

$B/tests/sandbox/hostile/subject.so: $(HOSTILE_O)
	$(CXX) -shared $^ -o $@ -lm -ldl -lpthread

$B/tests/sandbox/hostile/asan.so: $(HOSTILE_ASAN_O) $B/tests/sandbox/hostile/throw.o
	$(CXX) -shared -fsanitize=address $^ -o $@ -lm -ldl -lpthread

# Hard links, so that the name survives where a path is resolved. The names are those of the tables.
$B/hostile/LIST: $B/tests/sandbox/hostile/subject.so $B/tests/sandbox/hostile/asan.so
	@rm -rf $(@D) && mkdir -p $(@D)/asan
	sed -n 's/.*{ "\([a-z0-9-]*\)", .*AT_.*/\1/p' $(HOSTILE_C) >$@.new
	for tensor in input weight bias output; do for deed in write read; do \
	  echo $$deed-before-$$tensor; echo $$deed-after-$$tensor; done; done >>$@.new
	echo none >>$@.new
	for name in $$(sort -u $@.new); do \
	  ln $< $(@D)/$$name.so; ln $B/tests/sandbox/hostile/asan.so $(@D)/asan/$$name.so; done
	@mv $@.new $@

# What goes wrong while the subject is opened: the macros of loading.c.
loading_crash := -D'WHILE_LOADING=*nowhere = 1'
loading_exit := -D'WHILE_LOADING=_exit(7)'
loading_stop := -D'WHILE_LOADING=raise(SIGSTOP)'
loading_hang := -D'WHILE_LOADING=pause()'
loading_says-why := -D'WHILE_LOADING=fprintf(stderr, "no licence\n"), abort()'
loading_flush-to-zero := -D'WHILE_LOADING=_mm_setcsr(0x9fc0)'
loading_variable := -D'WHILE_LOADING=setenv("HOSTILE", "1", 1)'
loading_handler := -D'WHILE_LOADING=signal(SIGPIPE, SIG_IGN)'
loading_no-symbol := -DSYMBOL=something_else
loading_other-abi := -DABI=7
loading_short := -DSIZE=16
loading_no-shape := -DSHAPE=NULL
loading_no-forward := -DFORWARD=NULL
loading_bad-name := -D'NAME=(const char *) 16'
loading_huge-size := -DSIZE=65536
loading_odd-size := -DSIZE=51
loading_huge-slack := -D'SLACK=(size_t) 1 << 62'
loading_negative-slack := -D'SLACK=(size_t) -16'
loading_many-jobs := -DJOBS=65
loading_negative-jobs := -DJOBS=-1
loading_unknown-claim := -D'CLAIMS=1u << 30'
loading_unknown-own := -D'OWN=1u << 30'
loading_unknown-dtype := -D'OFFERS=1u << 31, 0, 0, 0'
loading_unknown-layout := -D'OFFERS=0, 1u << 30, 0, 0'
loading_unknown-mode := -D'OFFERS=0, 0, 1u << 4, 0'
loading_unknown-direction := -D'OFFERS=0, 0, 0, 8'
loading_undefined := -DNEEDS=nobody_defines_this
LOADING := $(patsubst loading_%,%,$(filter loading_%,$(.VARIABLES)))

$B/hostile/loading/%.so: tests/sandbox/hostile/loading.c include/conv2d_abi.h $B/hostile/LIST
	@mkdir -p $(@D)
	$(COMPILE) -fno-sanitize=all $(loading_$*) -shared $< -o $@

compiled-tests: $B/hostile/LIST $(LOADING:%=$B/hostile/loading/%.so)

-include $(wildcard $B/tests/sandbox/hostile/*.d)
