# The examples of examples/cluster, really run, on machines that fail. It needs root.

$B/tests/cluster/slow.so: tests/cluster/slow.c adapters/naive.c include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -shared -fvisibility=hidden $< -o $@ -lm

compiled-tests: $B/tests/cluster/slow.so

deps-cluster:
	$(call install-missing,tests/cluster-packages.txt)

check-cluster: all compiled-tests
	CONV2D_CLUSTER=1 prove -v tests/cluster

.PHONY: deps-cluster check-cluster
