# Subjects in CUDA's memory, built into $B/cuda wherever nvcc is. `make check-cuda` runs them, and needs a card.

NVCC_PATH = $(shell sh adapters/cuda/nvcc.sh)
CUDA_ARCHS ?= 80 90 100 # from the oldest with TF32 and bfloat16; a driver may be too old for nvcc's PTX
CUDA_ROOT = $(patsubst %/bin/nvcc,%,$(NVCC_PATH))
NVCC_COMPILE = $(NVCC_PATH) -std=c++17 -O2 $(foreach a,$(CUDA_ARCHS),-gencode arch=compute_$a$(comma)code=sm_$a) \
  -Iinclude -Werror all-warnings -Xcompiler -Wall,-Wextra,-fPIC,-fvisibility=hidden -shared -L$(CUDA_ROOT)/lib

$B/cuda/%.so: adapters/cuda/%.cu $(CUDA_SOURCES)
	@mkdir -p $(@D)
	$(NVCC_COMPILE) $< -o $@ -ldl

$(CUDA_PLANTS:%=$B/cuda/plant-%.so): $B/cuda/plant-%.so: $(CUDA_T)/plants.cu adapters/cuda/direct.cu $(CUDA_SOURCES)
	@mkdir -p $(@D)
	$(NVCC_COMPILE) -DPLANT=$* $< -o $@ -ldl

$(CUDA_MUTANTS:%=$B/cuda/mutant-%.so): $B/cuda/mutant-%.so: $B/cuda-mutants/%/device/direct.h
	@mkdir -p $(@D)
	$(NVCC_COMPILE) $B/cuda-mutants/$*/cuda/direct.cu -o $@ -ldl

# cuDNN: the one of `make deps-cuda`, that of python3, or as installed.
CUDNN = $(firstword $(wildcard $(CUDA_ROOT)/../cudnn) $(shell python3 -c 'import nvidia.cudnn as c; print(*c.__path__)' 2>/dev/null))
CUDNN_LIBRARY = $(firstword $(wildcard $(CUDNN)/lib/libcudnn.so.9) -lcudnn)
COMPILE_CUDNN = $(CXX) -std=c++17 $(WARNINGS_CXX) $(CFLAGS) -Iinclude -isystem $(CUDA_ROOT)/include $(CUDNN:%=-isystem %/include) \
  -fPIC -fvisibility=hidden -shared $< -o $@ $(CUDNN_LIBRARY) $(CUDNN:%=-Wl,-rpath,$(abspath %)/lib) -L$(CUDA_ROOT)/lib -L$(CUDA_ROOT)/lib64 -lcudart_static -ldl -lpthread -lrt

$B/cuda/cudnn.so: adapters/cuda/cudnn.cpp $(CUDA_SOURCES)
	@mkdir -p $(@D)
	$(COMPILE_CUDNN)

$B/cuda/cudnn-fma.so: adapters/cuda/cudnn.cpp $(CUDA_SOURCES)
	@mkdir -p $(@D)
	$(COMPILE_CUDNN) -DFMA

CUDA_SUBJECTS := direct gemm $(patsubst adapters/cuda/%.cpp,%,$(wildcard adapters/cuda/cudnn.cpp)) $(if $(wildcard adapters/cuda/cudnn.cpp),cudnn-fma)
CUDA_ALL = $(patsubst %,$B/cuda/%.so,$(CUDA_SUBJECTS) $(CUDA_PLANTS:%=plant-%) $(CUDA_MUTANTS:%=mutant-%))

cuda:
	@if [ -n "$(NVCC_PATH)" ]; then $(MAKE) --no-print-directory -s -j$(JOBS) $(CUDA_ALL) && echo 'built    $B/cuda'; \
	  else echo 'missing  nvcc: make deps-cuda'; fi

# nvcc, cuDNN and compute-sanitizer, from PyPI.
deps-cuda:
	python3 -m venv $(INSTALLED)/cuda
	$(INSTALLED)/cuda/bin/pip install --disable-pip-version-check -q --no-deps --require-hashes -r adapters/cuda/cuda.lock

# Everything there is to see on a card, in one command and under 8 minutes. RESULTS=FOLDER gets what is to be published.
RESULTS ?= $B/cuda-results
check-cuda: all
	@if [ -z "$(NVCC_PATH)" ]; then echo '1..0 # SKIP nvcc is missing: make deps-cuda'; \
	  elif ! nvidia-smi -L 2>/dev/null | grep -q GPU; then echo '1..0 # SKIP there is no card that nvidia-smi finds'; \
	  else $(MAKE) --no-print-directory -s cuda && $B/conv2d-cts lua $(CUDA_T)/card.lua $B/cuda $(RESULTS); fi

# The same for a machine with a card and nvcc, where nothing else can be installed: copy $B/cuda-bundle there, and
# run its check.sh. The program finds its libraries beside itself.
BUNDLE := $B/cuda-bundle
bundle-cuda: all $B/adapters/naive.so
	rm -rf $(BUNDLE)
	mkdir -p $(BUNDLE)/build
	$(CC) $(CFLAGS) $(RUNNER_O) $B/libconv2d-oracle.a -o $(BUNDLE)/build/conv2d-cts $(RUNNER_LIBS) -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/../lib'
	sh adapters/cuda/bundle.sh $(BUNDLE)
	tar -C $(BUNDLE) -cJf $(BUNDLE).tar.xz .
	@du -sh $(BUNDLE).tar.xz

.PHONY: cuda deps-cuda check-cuda bundle-cuda
