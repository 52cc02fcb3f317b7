# The examples of examples/cluster, really run, on machines that fail. It needs root.

$B/tests/cluster/slow.so: tests/cluster/slow.c adapters/naive.c include/conv2d_abi.h
	@mkdir -p $(@D)
	$(COMPILE) -fPIC -shared -fvisibility=hidden $< -o $@ -lm

compiled-tests: $B/tests/cluster/slow.so

deps-cluster:
	$(call install-missing,tests/cluster-packages.txt)

check-cluster: all compiled-tests
	CONV2D_CLUSTER=1 prove -v tests/cluster

# The exhaustive tier on machines that fail all the time, under GNU parallel and under Slurm, and what it costs; an hour.
check-cluster-large: all compiled-tests
	CONV2D_CLUSTER=1 CLUSTER_LARGE=1 tests/cluster/large.t

.PHONY: deps-cluster check-cluster check-cluster-large
