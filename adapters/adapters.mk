# Adapters of third-party libraries: each is built where its library is present.
# A subject is one line of the table; one source may make several.

CXX ?= g++
WARNINGS_CXX := $(filter-out -Wstrict-prototypes -Wmissing-prototypes,$(WARNINGS))
COMPILE_CXX = $(CXX) -std=c++17 $(WARNINGS_CXX) $(CFLAGS) -Iinclude -fPIC -MMD -MP

# subject, source, header that shows the library is there, package of it, flags, libraries
define adapter
ADAPTERS += $(1)
HEADER_$(1) := $(3)
PACKAGE_$(1) := $(4)
FLAGS_$(1) := $(5)
LIBRARIES_$(1) := $(6)
$B/adapters/$(1).so: adapters/$(2) adapters/adapter.h include/conv2d_abi.h
	@mkdir -p $$(@D)
	$$(if $$(filter %.c,$(2)),$$(COMPILE),$$(COMPILE_CXX)) $(5) $(SUBJECT) $$< -o $$@ $(6)
endef
comma := ,
add = $(eval $(call adapter,$(1),$(2),$(3),$(4),$(5),$(6)))

$(call add,onednn,onednn.cpp,oneapi/dnnl/dnnl.hpp,libdnnl-dev,,-ldnnl)
$(call add,onednn-direct,onednn.cpp,oneapi/dnnl/dnnl.hpp,libdnnl-dev,-DALGORITHM=direct,-ldnnl)
$(call add,onednn-winograd,onednn.cpp,oneapi/dnnl/dnnl.hpp,libdnnl-dev,-DALGORITHM=winograd,-ldnnl)
$(call add,onednn-plain,onednn.cpp,oneapi/dnnl/dnnl.hpp,libdnnl-dev,-DALGORITHM=direct -DPLAIN,-ldnnl)

# oneDNN 3 comes from PyPI, the build on GNU's OpenMP: those of later versions are of SYCL, and find a processor only
# by way of OpenCL. Only version 3 has the header dnnl_graph.hpp.
ONEDNN3 := adapters/installed/onednn
ONEDNN3_LIBRARIES := -L$(ONEDNN3)/lib -Wl$(comma)-rpath$(comma)$(CURDIR)/$(ONEDNN3)/lib -ldnnl
onednn3 = $(call add,$(1),onednn.cpp,oneapi/dnnl/dnnl_graph.hpp,GROUP=onednn,-isystem $(ONEDNN3)/include $(2),$(ONEDNN3_LIBRARIES))
$(call onednn3,onednn3,)
$(call onednn3,onednn3-plain,-DALGORITHM=direct -DPLAIN)
$(call onednn3,onednn3-bf16,-DFPMATH=bf16)
$(call onednn3,onednn3-avx2,-DMAX_ISA=avx2)
$(call onednn3,onednn3-sse41,-DMAX_ISA=sse41)

$(call add,xnnpack,xnnpack.cpp,xnnpack.h,libxnnpack-dev libpthreadpool-dev,,-lXNNPACK -lpthreadpool)
$(call add,xnnpack-quantized,xnnpack_quantized.cpp,xnnpack.h,libxnnpack-dev libpthreadpool-dev,,-lXNNPACK -lpthreadpool)

$(call add,opencv,opencv.cpp,opencv2/dnn.hpp,libopencv-dnn-dev,-isystem /usr/include/opencv4,-lopencv_dnn -lopencv_core)
$(call add,libtorch,libtorch.cpp,torch/torch.h,libtorch-dev,-isystem /usr/include/torch/csrc/api/include,-ltorch_cpu -lc10)
$(call add,libtorch-module,libtorch.cpp,torch/torch.h,libtorch-dev,-isystem /usr/include/torch/csrc/api/include -DMODULE,-ltorch_cpu -lc10)
# PyTorch of today, from the group python.
TORCH_2 := $(patsubst %/lib/libtorch_cpu.so,%,$(wildcard adapters/installed/python/lib/python3*/site-packages/torch/lib/libtorch_cpu.so))
TORCH_2_FLAGS = -std=c++20 -isystem $(TORCH_2)/include -isystem $(TORCH_2)/include/torch/csrc/api/include
TORCH_2_LIBRARIES = -L$(TORCH_2)/lib -Wl$(comma)-rpath$(comma)$(CURDIR)/$(TORCH_2)/lib -ltorch_cpu -lc10
$(call add,libtorch-2,libtorch.cpp,torch/torch.h,the group python,$(TORCH_2_FLAGS),$(TORCH_2_LIBRARIES))
$(call add,libtorch-2-module,libtorch.cpp,torch/torch.h,the group python,$(TORCH_2_FLAGS) -DMODULE,$(TORCH_2_LIBRARIES))

# The C API of ONNX Runtime: header and library come from npm, where they are packed for Unity.
ORT := adapters/installed/onnxruntime
ORT_LIBRARIES := -L$(ORT)/lib -Wl$(comma)-rpath$(comma)$(CURDIR)/$(ORT)/lib -lonnxruntime
onnxruntime = $(call add,$(1),onnxruntime.cpp,onnxruntime_cxx_api.h,GROUP=onnxruntime,-isystem $(ORT)/include $(2),$(ORT_LIBRARIES))
$(call onnxruntime,onnxruntime-c,)
$(call onnxruntime,onnxruntime-c-initializer,-DINITIALIZER)

$(call add,dlib,dlib.cpp,dlib/cuda/tensor_tools.h,libdlib-dev,,-ldlib)
$(call add,libxsmm,libxsmm.cpp,libxsmm.h,libxsmm-dev,,-lxsmm -lxsmmnoblas -ldl -lpthread -lm)
$(call add,armnn,armnn.cpp,armnn/ArmNN.hpp,libarmnn-dev libarmnn-cpuref-backend22,,-larmnn)
$(call add,tiny-dnn,tiny-dnn.cpp,tiny_dnn/config.h,tiny-dnn libcereal-dev libstb-dev libgemmlowp-dev,-isystem $B/adapters/tiny-dnn,-lpthread)
$(call add,darknet,darknet.c,darknet.h,darknet,-isystem /usr/lib/darknet/include,-L/usr/lib/darknet -Wl$(comma)-rpath$(comma)/usr/lib/darknet -ldarknet)
$(call add,clblast,clblast.cpp,clblast.h,libclblast-dev pocl-opencl-icd,,-lclblast -lOpenCL)
include adapters/device/device.mk

# tiny-dnn includes third_party/stb/stb_image.h and the like, which Debian has in /usr/include.
$B/adapters/tiny-dnn.so: | $B/adapters/tiny-dnn/third_party
$B/adapters/tiny-dnn/third_party:
	@mkdir -p $(@D)
	ln -s /usr/include $@

is-there = echo '\#include <$(HEADER_$(1))>' | $(CXX) $(FLAGS_$(1)) -E -x c++ - >/dev/null 2>&1

# One line of shell for each subject; a build that fails stops the rest.
adapters:
	@$(foreach a,$(ADAPTERS),if $(call is-there,$a); \
	  then $(MAKE) --no-print-directory -s $B/adapters/$a.so || exit 1; echo 'built    $B/adapters/$a.so'; \
	  else echo 'missing  $a: install $(PACKAGE_$a)'; fi;)

# Subjects that are processes (--impl-cmd) are the lines of adapters/subjects.txt.
processes:
	@lua5.4 adapters/subjects.lua processes

adapters: processes

# All subjects that are present, side by side, of their logs in build/matrix/TIER. A log that is complete is kept, so
# that an interrupted matrix goes on; `rm -r build/matrix` begins anew. PUBLISH=FOLDER writes a result of each, and the table.
# A subject that is not run keeps the result that lies there, and so does one whose result there is of more cases.
# SECONDS=N gives each subject that long, for the most telling cases first; the same command again goes on with all that
# have cases left. ONLY='NAME ...' runs those whose names begin so; the table has all that have a log. RUN are options of `run`.
MATRIX = $B/matrix/$(TIER)
matrix: all
	@$(if $(PUBLISH),mkdir -p $(PUBLISH))
	@lua5.4 adapters/subjects.lua list $(ONLY) | sh adapters/run_all.sh $(MATRIX) --tier $(TIER) \
	  $(if $(SHARD),--shard $(SHARD)) $(if $(SECONDS),--seconds $(SECONDS)) $(RUN)
	$B/conv2d-cts matrix $(if $(PUBLISH),--publish $(PUBLISH)) $(MATRIX)/*.jsonl $(if $(PUBLISH),$(wildcard $(PUBLISH)/*.json)) >$(MATRIX)/table.txt; \
	  status=$$?; cat $(MATRIX)/table.txt; $(if $(PUBLISH),cp $(MATRIX)/table.txt $(PUBLISH);) exit $$status

# Each with its expected failures, adapters/*.xfail.yaml.
check-adapters: all opencl-subjects
	CONV2D_SUBJECTS=all prove -v tests/adapters/gate.t tests/adapters/doors.t tests/sandbox/device/opencl.t

# The programs that show a finding of findings/FINDINGS.md with the library alone: findings/alone/SUBJECT/FILE.
ALONE := findings/alone
CHECK = sh $(ALONE)/check.sh $(2)
COMPILE_ALONE = mkdir -p $(dir $B/alone/$(2)) && $(if $(filter %.c,$(2)),$(CC) -std=gnu17,$(CXX) -std=c++17) \
  -O1 -w $(FLAGS_$(1)) $(ALONE)/$(2) -o $B/alone/$(basename $(2)) $(LIBRARIES_$(1))
if-there = if $(1) >/dev/null 2>&1; then $(2) || failed=1; else echo 'missing         $(3)'; fi;
alone.c = $(call if-there,$(call is-there,$(1)),$(COMPILE_ALONE) && $(CHECK) $B/alone/$(basename $(2)),$(2))
alone.cpp = $(alone.c)
# Findings of Debian's PyTorch need that; those of other libraries in Python the packages of GROUP=python.
VENV := adapters/installed/python/bin/python
alone.py = $(if $(filter pytorch,$(1)),$(call if-there,/usr/bin/python3 -c 'import torch',$(CHECK) /usr/bin/python3 $(ALONE)/$(2),$(2)),$(call \
  if-there,test -e $(VENV),$(CHECK) $(VENV) $(ALONE)/$(2),$(2)))
alone.go = $(call if-there,test -e adapters/installed/go/gorgonia,(cd adapters/go/libraries && \
  go build -mod=readonly -o $(CURDIR)/$B/alone/$(basename $(2)) $(CURDIR)/$(ALONE)/$(2)) && $(CHECK) $B/alone/$(basename $(2)),$(2))
RUST := adapters/rust
alone.rs = $(call if-there,test -e adapters/installed/rust/$(1),(cd $(RUST)/libraries && ALONE=$(CURDIR)/$(ALONE)/$(2) \
  cargo build -q --release --locked --target-dir ../target --features alone$(comma)$(1) --bin alone) && mkdir -p $(dir $B/alone/$(2)) && \
  cp $(RUST)/target/release/alone $B/alone/$(basename $(2)) && $(CHECK) $B/alone/$(basename $(2)),$(2))
alone.java = $(call if-there,test -d adapters/installed/java/lib,$(CHECK) java -cp 'adapters/installed/java/lib/*' $(ALONE)/$(2),$(2))
alone.cjs = $(call if-there,test -d adapters/node_modules,NODE_PATH=adapters/node_modules $(CHECK) node $(ALONE)/$(2),$(2))

findings: $B/adapters/tiny-dnn/third_party
	@failed=0; $(foreach f,$(patsubst $(ALONE)/%,%,$(wildcard $(ALONE)/*/*)), \
	  $(call alone$(suffix $f),$(patsubst %/,%,$(dir $f)),$f)) exit $$failed

# ---- installing, by groups: GROUP='debian python'. Each says first how many MB it takes. Versions are pinned in lock
# files; what does not come from Debian goes into adapters/installed/ and adapters/node_modules/.

GROUP ?= debian javascript
MB_debian := 2500
MB_javascript := 770
MB_python := 4800
MB_go := 450
MB_java := 270
MB_rust := 2200
MB_onednn := 200
MB_onnxruntime := 540
MB_aarch64 := 900
GROUPS := debian javascript python onednn onnxruntime aarch64 go java rust

deps-adapters: $(GROUP:%=deps-adapters-%)
	@echo 'groups that can be installed, and MB: $(foreach g,$(GROUPS),$g $(MB_$g),)'

announce = @echo '$(1): takes about $(MB_$(1)) MB; free: '$$(df -m --output=avail . | tail -n 1)

deps-adapters-debian:
	$(call announce,debian)
	$(call install-missing,adapters/packages.txt)

deps-adapters-javascript:
	$(call announce,javascript)
	if command -v npm >/dev/null; then npm ci --prefix adapters --ignore-scripts --no-audit --no-fund; \
	  else echo 'npm is missing: no subjects in JavaScript'; fi

# A virtual environment, since what its packages want of NumPy is not what Debian's want.
INSTALLED := adapters/installed
PIP_LOCKED = $(INSTALLED)/$(1)/bin/pip install --disable-pip-version-check -q --no-deps --require-hashes -r adapters/python/$(2).lock
deps-adapters-python:
	$(call announce,python)
	python3 -m venv $(INSTALLED)/python
	$(call PIP_LOCKED,python,python)
	$(call PIP_LOCKED,python,torch)
	@command -v clang >/dev/null || echo 'clang (Debian: clang) is missing: no tinygrad, which compiles with it'
	$(INSTALLED)/python/bin/python adapters/python/stub_cuda.py \
	  $$($(INSTALLED)/python/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')/torch/lib

deps-adapters-onednn:
	$(call announce,onednn)
	python3 -m venv $(INSTALLED)/onednn
	$(call PIP_LOCKED,onednn,onednn)

# What is for other machines than this one goes again: 30 MB stay.
UNITY := $(INSTALLED)/onnxruntime/node_modules/com.github.asus4.onnxruntime/Plugins
deps-adapters-onnxruntime:
	$(call announce,onnxruntime)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory -s onnxruntime-library; \
	  else echo 'npm is missing: no ONNX Runtime for C'; fi

onnxruntime-library:
	rm -rf $(INSTALLED)/onnxruntime
	mkdir -p $(INSTALLED)/onnxruntime/lib
	cp adapters/onnxruntime/*.json $(INSTALLED)/onnxruntime
	npm ci --prefix $(INSTALLED)/onnxruntime --ignore-scripts --no-audit --no-fund
	cp -r $(UNITY)/iOS~/onnxruntime.xcframework/ios-arm64_x86_64-simulator/onnxruntime.framework/Headers $(INSTALLED)/onnxruntime/include
	cp $(UNITY)/Linux/x64/libonnxruntime.so $(INSTALLED)/onnxruntime/lib/libonnxruntime.so.1
	ln -s libonnxruntime.so.1 $(INSTALLED)/onnxruntime/lib/libonnxruntime.so
	rm -r $(INSTALLED)/onnxruntime/node_modules

# Of a processor that is emulated, since few have what it is there for: adapters/python/emulated.sh.
deps-adapters-aarch64:
	$(call announce,aarch64)
	if command -v qemu-aarch64 >/dev/null; then adapters/python/emulated_root.sh $(INSTALLED)/aarch64; \
	  else echo 'qemu-aarch64 (Debian: qemu-user) is missing: no subjects on an emulated AArch64'; fi

deps-adapters-go:
	$(call announce,go)
	@mkdir -p $(INSTALLED)/go
	if command -v go >/dev/null; then cd adapters/go/libraries && go build -mod=readonly -o $(CURDIR)/$(INSTALLED)/go/ ./...; \
	  else echo 'go is missing: no subjects in Go'; fi

# candle, tract and burn are built by themselves: adapters/rust/libraries/install.sh.
deps-adapters-rust:
	$(call announce,rust)
	@adapters/rust/libraries/install.sh $(INSTALLED)/rust

JAVA := adapters/java
deps-adapters-java:
	$(call announce,java)
	@if command -v mvn >/dev/null; then $(MAKE) --no-print-directory -s java-libraries; \
	  else echo 'mvn is missing: no subjects in Java'; fi

java-libraries:
	mvn -q -B -f $(JAVA)/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/$(INSTALLED)/java/lib
	javac -cp '$(INSTALLED)/java/lib/*' -d $(INSTALLED)/java/classes $(JAVA)/*.java $(JAVA)/libraries/*.java

.PHONY: java-libraries onnxruntime-library
.PHONY: adapters processes matrix check-adapters findings deps-adapters $(GROUPS:%=deps-adapters-%)
