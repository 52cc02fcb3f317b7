# The CUDA adapters compiled for the host, on a pretend CUDA (runtime.cpp). A compiled mutant is a copy of the adapter's
# files with one change, a line of mutants.txt.

CUDA_T := tests/sandbox/device/cuda
PRETEND_CUDA := $B/pretend-cuda
CUDA_SOURCES := $(wildcard adapters/cuda/*.h adapters/device/*.h $(CUDA_T)/include/*.h include/*.h) adapters/adapter.h
COMPILE_PRETEND = $(CXX) -std=c++17 $(WARNINGS_CXX) $(filter-out --coverage,$(CFLAGS)) -fno-sanitize=all \
  -I$(CUDA_T)/include -Iinclude -fPIC -fvisibility=hidden -shared

$(PRETEND_CUDA)/libcuda.so.1: $(CUDA_T)/runtime.cpp $(CUDA_SOURCES)
	@mkdir -p $(@D)
	$(COMPILE_PRETEND) $< -o $@

$(PRETEND_CUDA)/%.so: adapters/cuda/%.cu $(CUDA_SOURCES) $(PRETEND_CUDA)/libcuda.so.1
	@mkdir -p $(@D)
	$(COMPILE_PRETEND) -x c++ $< -x none $(PRETEND_CUDA)/libcuda.so.1 -o $@

CUDA_PLANTS := past before beyond unwritten late stream input config address touch races unset diverges
$(CUDA_PLANTS:%=$(PRETEND_CUDA)/plant-%.so): $(PRETEND_CUDA)/plant-%.so: $(CUDA_T)/plants.cu adapters/cuda/direct.cu $(CUDA_SOURCES) $(PRETEND_CUDA)/libcuda.so.1
	@mkdir -p $(@D)
	$(COMPILE_PRETEND) -DPLANT=$* -x c++ $< -x none $(PRETEND_CUDA)/libcuda.so.1 -o $@

CUDA_MUTANTS := $(shell sed -n 's/^\([a-z][^ ]*\) .*/\1/p' $(CUDA_T)/mutants.txt)


# The tree of a mutant; a change that changes nothing is an error.
$B/cuda-mutants/%/device/direct.h: adapters/device/direct.h $(CUDA_T)/mutants.txt $(wildcard adapters/cuda/*)
	@rm -rf $B/cuda-mutants/$* && mkdir -p $B/cuda-mutants/$*
	cp -r adapters/cuda adapters/device adapters/adapter.h $B/cuda-mutants/$*
	sed -n 's/^$*  *[^ ]* *//p' $(CUDA_T)/mutants.txt | sed -f - adapters/device/direct.h >$@
	! cmp -s $@ adapters/device/direct.h

$(CUDA_MUTANTS:%=$(PRETEND_CUDA)/mutant-%.so): $(PRETEND_CUDA)/mutant-%.so: $B/cuda-mutants/%/device/direct.h $(PRETEND_CUDA)/libcuda.so.1
	@mkdir -p $(@D)
	$(COMPILE_PRETEND) -x c++ $B/cuda-mutants/$*/cuda/direct.cu -x none $(PRETEND_CUDA)/libcuda.so.1 -o $@

pretend-cuda: $(patsubst %,$(PRETEND_CUDA)/%.so,direct gemm $(CUDA_PLANTS:%=plant-%) $(CUDA_MUTANTS:%=mutant-%))
compiled-tests: pretend-cuda

.PHONY: pretend-cuda
