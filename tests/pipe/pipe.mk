# Children of the process bridge. The odd ones die as they please, also where all else is built with
# sanitizers.

$B/tests/pipe/odd: tests/pipe/odd.c
	@mkdir -p $(@D)
	$(COMPILE) -fno-sanitize=all $< -o $@

$B/tests/pipe/server: tests/pipe/server.c adapters/naive.c adapters/conv2d_subject.h adapters/conv2d_protocol.h
	@mkdir -p $(@D)
	$(COMPILE) tests/pipe/server.c adapters/naive.c -o $@ -ljansson -lm

compiled-tests: $B/tests/pipe/odd $B/tests/pipe/server
