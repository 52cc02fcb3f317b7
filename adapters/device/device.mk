# Subjects whose tensors are in the memory of a device.

$(call add,opencl,opencl.c,CL/cl.h,opencl-headers ocl-icd-opencl-dev pocl-opencl-icd,-I$B/adapters -Wno-unused-function -Wno-overlength-strings,-lOpenCL)

# The kernels as a text within the subject.
$B/adapters/opencl.so: $B/adapters/direct.cl.inc
$B/adapters/direct.cl.inc: adapters/device/direct.h adapters/device/direct.cl
	@mkdir -p $(@D)
	{ echo '#pragma OPENCL EXTENSION cl_khr_fp64 : enable'; \
	  printf '#define %s\n' 'LONG long' 'DEVICE' 'ELEMENT' 'GLOBAL global' 'SUM REAL' 'LOAD(x) (x)' 'STORE(x) (x)'; cat $^; } | \
	  sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' >$@

# The same with a fault: the subjects of `make check-opencl`.
OPENCL_PLANTS := past before unwritten late
$B/opencl/%.so: tests/sandbox/device/opencl_plants.c adapters/opencl.c $B/adapters/direct.cl.inc include/conv2d_opencl.h
	@mkdir -p $(@D)
	$(COMPILE) -Iinclude -I$B/adapters -Iadapters -Wno-unused-function -Wno-overlength-strings -DPLANT=$* -shared $< -o $@ -lOpenCL

# Built where OpenCL is; without it the check is skipped.
opencl-subjects:
	@if $(call is-there,opencl); then $(MAKE) --no-print-directory -s $B/adapters/opencl.so $(OPENCL_PLANTS:%=$B/opencl/%.so); fi

check-opencl: all opencl-subjects
	@sh tests/sandbox/device/opencl.t

compiled-tests: opencl-subjects

.PHONY: check-opencl opencl-subjects
