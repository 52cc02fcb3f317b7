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
$(call add,xnnpack,xnnpack.cpp,xnnpack.h,libxnnpack-dev libpthreadpool-dev,,-lXNNPACK -lpthreadpool)

$(call add,opencv,opencv.cpp,opencv2/dnn.hpp,libopencv-dnn-dev,-isystem /usr/include/opencv4,-lopencv_dnn -lopencv_core)
$(call add,libtorch,libtorch.cpp,torch/torch.h,libtorch-dev,-isystem /usr/include/torch/csrc/api/include,-ltorch_cpu -lc10)
$(call add,libtorch-module,libtorch.cpp,torch/torch.h,libtorch-dev,-isystem /usr/include/torch/csrc/api/include -DMODULE,-ltorch_cpu -lc10)
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

# Subjects that are processes (--impl-cmd): what must succeed for one to run, its command, how to get what it needs.
define process
$(1) >/dev/null 2>&1 && echo "ready    --impl-cmd '$(2)'" || echo 'missing  $(2): $(3)';
endef
GET = make deps-adapters GROUP=$(1)

processes:
	@$(call process,/usr/bin/python3 -c 'import torch',/usr/bin/python3 adapters/pytorch.py,$(call GET,debian))
	@$(call process,/usr/bin/python3 -c 'import scipy',/usr/bin/python3 adapters/scipy_conv.py,$(call GET,debian))
	@$(call process,/usr/bin/python3 -c 'import scipy',/usr/bin/python3 adapters/scipy_fft.py,$(call GET,debian))
	@$(call process,test -d adapters/node_modules/onnxruntime-node,node adapters/onnxruntime.mjs,$(call GET,javascript))
	@$(call process,test -d adapters/node_modules/onnxruntime-node,node adapters/onnxruntime.mjs --initializer,$(call GET,javascript))
	@$(call process,test -d adapters/node_modules/onnxruntime-web,node adapters/onnxruntime.mjs --web,$(call GET,javascript))
	@$(call process,test -d adapters/node_modules/@tensorflow,node adapters/tfjs.mjs,$(call GET,javascript))
	@$(call process,test -d adapters/node_modules/@tensorflow,node adapters/tfjs.mjs --wasm,$(call GET,javascript))
	@grep -v '^#' adapters/subjects.txt | while read -r group needs command; do \
	  if test -e $$needs; then echo "ready    --impl-cmd '$$command'"; else echo "missing  $$command: $(call GET,$$group)"; fi; done

adapters: processes

# All subjects that are present, side by side. PUBLISH=FOLDER writes a result of each, and the table.
matrix: all
	@$(if $(PUBLISH),mkdir -p $(PUBLISH))
	@$(MAKE) --no-print-directory -s processes | sed -n "s/^ready *--impl-cmd '\(.*\)'$$/\1/p" > $B/commands
	$B/conv2d-cts matrix --tier $(TIER) $(if $(SHARD),--shard $(SHARD)) --time-limit 60 $(if $(PUBLISH),--publish $(PUBLISH)) --commands $B/commands \
	  $(filter-out %/pipe.so,$(sort $(wildcard $B/adapters/*.so))) $(if $(PUBLISH),| tee $(PUBLISH)/table.txt)

# Each with its expected failures, adapters/*.xfail.yaml.
check-adapters: all
	CONV2D_SUBJECTS=all prove -v tests/adapters/gate.t

# The programs that show a finding of findings/FINDINGS.md with the library alone: findings/alone/SUBJECT/FILE.
ALONE := findings/alone
CHECK = sh $(ALONE)/check.sh $(2)
COMPILE_ALONE = mkdir -p $(dir $B/alone/$(2)) && $(if $(filter %.c,$(2)),$(CC) -std=gnu17,$(CXX) -std=c++17) \
  -O1 -w $(FLAGS_$(1)) $(ALONE)/$(2) -o $B/alone/$(basename $(2)) $(LIBRARIES_$(1))
if-there = if $(1) >/dev/null 2>&1; then $(2) || failed=1; else echo 'missing         $(3)'; fi;
alone.c = $(call if-there,$(call is-there,$(1)),$(COMPILE_ALONE) && $(CHECK) $B/alone/$(basename $(2)),$(2))
alone.cpp = $(alone.c)
alone.py = $(call if-there,/usr/bin/python3 -c 'import torch',$(CHECK) /usr/bin/python3 $(ALONE)/$(2),$(2))
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
GROUPS := debian javascript python

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
	$(INSTALLED)/python/bin/python adapters/python/stub_cuda.py \
	  $$($(INSTALLED)/python/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')/torch/lib

.PHONY: adapters processes matrix check-adapters findings deps-adapters $(GROUPS:%=deps-adapters-%)
