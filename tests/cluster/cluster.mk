# The examples of examples/cluster, really run, on machines that fail. It needs root.

deps-cluster:
	$(call install-missing,tests/cluster-packages.txt)

check-cluster: all
	CONV2D_CLUSTER=1 prove -v tests/cluster

.PHONY: deps-cluster check-cluster
