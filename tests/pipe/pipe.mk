# Children of the process bridge. The odd ones are built without sanitizers, even where everything else has them, so
# that they die as they are meant to.

$B/tests/pipe/odd: tests/pipe/odd.c
	@mkdir -p $(@D)
	$(COMPILE) -fno-sanitize=all $< -o $@

$B/tests/pipe/server: tests/pipe/server.c adapters/naive.c adapters/conv2d_subject.h adapters/conv2d_protocol.h
	@mkdir -p $(@D)
	$(COMPILE) tests/pipe/server.c adapters/naive.c -o $@ -ljansson -lm

compiled-tests: $B/tests/pipe/odd $B/tests/pipe/server
