# Children of the process bridge.

$B/tests/pipe/odd: tests/pipe/odd.c
	@mkdir -p $(@D)
	$(COMPILE) $< -o $@

$B/tests/pipe/server: tests/pipe/server.c adapters/naive.c adapters/conv2d_subject.h adapters/protocol.h
	@mkdir -p $(@D)
	$(COMPILE) tests/pipe/server.c adapters/naive.c -o $@ -ljansson -lm

compiled-tests: $B/tests/pipe/odd $B/tests/pipe/server
