# conv2d-cts: conformance test suite and exact oracle for torch.nn.Conv2d
#
#   make deps             install what is missing of packages.txt (Debian; needs root)
#   make                  build the program, the oracle and the bundled subjects
#   make conform          run the quick tier on the bundled sample, by prove; IMPL=path/to/subject.so TIER=quick|full: on yours
#   make check            the tests of the suite itself, by prove
#   make memcheck         runner, worker, commands and the tests in C under Valgrind
#   make sanitize         the tests of the suite itself under ASan and UBSan, those of threads under TSan
#   make bench            throughput and costs, side by side
#   make explain-score    on how many mutants explain names the mistake
#   make hunt-score       how many mutants of sizes hunt finds, with and without their edges; HUNT_SECONDS=N each
#   make map-score        how many switches in oneDNN's log map finds; MAP_SCORED="onednn ..." for some only
#   make deps-adapters    install the third-party implementations that adapters/ wraps
#   make adapters         build an adapter for each that is present, and say which are missing
#   make matrix           all of them side by side; PUBLISH=FOLDER TIER=quick|full
#   make findings         show what was found in them (findings) with the libraries alone
#   make check-adapters   each with the failures that are expected of it
#   make deps-cuda cuda   install nvcc and build the subjects of adapters/cuda;  make check-cuda: on a card
#   make check-device     quick and all mutants on the pretend device as on the host;  make check-opencl: OpenCL subjects
#   make bundle-cuda      what check-cuda needs, for a machine with a card where nothing can be installed
#   make mutants          each planted mistake is found, by more than one case;  make mutants-matrix: by which
#   make check-mpfr       the oracle against MPFR, at length;  make check-torch: against PyTorch
#   make check-judge      right answers at the sizes of networks, at length;  make check-large: tensors past 2 GiB
#   make fuzz             the readers of bytes from outside, FUZZ_SECONDS each
#   make lint             clang-format, clang-tidy, cppcheck, luacheck, shellcheck;  make deps-lint
#   make cover-core       which lines of the oracle, judge, suite, covering and data the tests execute;  make cover: of all
#   make check-portable   clang and AArch64 (under qemu): no warning, the same ids and answers;  make deps-portable
#   make deps-proofs proofs  check the proofs of proofs/README.md, with Coq and Frama-C
#   make check-cluster    shards under GNU parallel and Slurm, on machines that fail;  make deps-cluster
#   make check-browser    the HTML report clicked through in Chromium;  make report-picture: README's picture
#   make install          into $(DESTDIR)$(prefix), or PREFIX=;  make uninstall
#   make clean
#
#   V=1 shows the commands; the build uses all processors

MAKEFLAGS += --no-builtin-rules
ifndef V
.SILENT:
endif
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

B := build
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
prefix ?= $(or $(PREFIX),/usr/local)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Werror
CFLAGS ?= -O2 -g
COMPILE = $(CC) -std=c17 $(WARNINGS) $(CFLAGS) -Iinclude -D_GNU_SOURCE -fPIC -MMD -MP

# What is being made, where the command is not shown.
SAY = $(if $(V),:,echo "  $(1)$(if $(2), $(2))")

# Installing comes before everything else, also under -j.
ifneq ($(filter deps deps-adapters,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif
JOBS := $(shell nproc)

# ---- oracle: nothing but libc; contraction would change what TwoSum computes

ORACLE_O := $(patsubst %.c,$B/%.o,$(wildcard oracle/*.c))

$B/oracle/%.o: oracle/%.c Makefile
	mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(COMPILE) -O3 -ffp-contract=off -fvisibility=hidden -c $< -o $@

# One object. Names that include/conv2d_oracle.h does not export are local in it, so a program that
# links it may have a function pack_row of its own.
OBJCOPY ?= $(shell $(CC) -print-prog-name=objcopy)

$B/oracle/library/conv2d-oracle.o: $(ORACLE_O)
	mkdir -p $(@D)
	$(CC) -r -nostdlib $^ -o $@.all
	$(OBJCOPY) --localize-hidden $@.all $@
	rm $@.all

$B/libconv2d-oracle.a: $B/oracle/library/conv2d-oracle.o
	$(call SAY,AR,$@)
	rm -f $@
	$(AR) rcs $@ $^

$B/libconv2d-oracle.so.0: $(ORACLE_O)
	$(call SAY,LD,$@)
	$(CC) $(CFLAGS) -shared -Wl,-soname,$(@F) $^ -o $@ -lm

$B/libconv2d-oracle.so: $B/libconv2d-oracle.so.0
	ln -sf $(<F) $@

# ---- runner

LIBRARIES := lua5.4 yaml-0.1 jansson libxxhash libxml-2.0 libzstd
RUNNER_LIBS = $(shell pkg-config --libs $(LIBRARIES)) -lm -lpthread -ldl
RUNNER_CFLAGS = $(shell pkg-config --cflags $(LIBRARIES))
# The worker is a program of its own; what it shares with the supervisor is linked into both.
RUNNER_C := $(wildcard runner/*.c runner/*/*.c runner/*/*/*.c)
RUNNER_O := $(patsubst %.c,$B/%.o,$(filter-out runner/sandbox/worker/%,$(RUNNER_C)))
SHARED_C := $(wildcard runner/sandbox/wire/*.c) $(patsubst %,runner/call/%.c,device job lattice operation place shape)
WORKER_O := $(patsubst %.c,$B/%.o,$(SHARED_C) $(wildcard runner/sandbox/worker/*.c))

# ONNX models are read where protobuf-c is there.
ifneq ($(shell pkg-config --exists libprotobuf-c && command -v protoc-c),)
$B/generated/%.pb-c.c $B/generated/%.pb-c.h: runner/api/%.proto
	mkdir -p $(@D)
	$(call SAY,PROTOC,$<)
	protoc-c -I runner/api --c_out=$B/generated $<

$B/generated/%.o: $B/generated/%.c
	$(call SAY,CC,$<)
	$(CC) $(CFLAGS) -fPIC -c $< -o $@

$B/runner/api/onnx.o: $B/generated/onnx.pb-c.h
$B/runner/api/onnx.o: RUNNER_CFLAGS += -DHAVE_PROTOBUF_C -isystem $B/generated $(shell pkg-config --cflags libprotobuf-c)
RUNNER_O += $B/generated/onnx.pb-c.o
RUNNER_LIBS += $(shell pkg-config --libs libprotobuf-c)
endif

# Loops over every element of a tensor, for which the compiler makes vector code.
$B/runner/call/dtype.o $B/runner/data/%.o $B/runner/judge/run.o $B/runner/judge/reach.o $B/runner/judge/tally.o: CFLAGS += -O3
$B/runner/twin/%.o: CFLAGS += -O3 -fno-trapping-math -fno-math-errno -ffp-contract=off
$B/runner/judge/run.o $B/runner/judge/tally.o: CFLAGS += -fno-trapping-math -fno-math-errno -ffp-contract=off

$B/runner/%.o: runner/%.c
	mkdir -p $(@D)
	$(call SAY,CC,$<)
	$(COMPILE) -Irunner $(RUNNER_CFLAGS) -c $< -o $@

$B/conv2d-worker: $(WORKER_O)
	$(call SAY,LD,$@)
	$(CC) $(CFLAGS) $^ -o $@ -Wl,--export-dynamic-symbol='__sanitizer_cov_*' -lpthread -ldl

$B/conv2d-cts: $(RUNNER_O) $B/libconv2d-oracle.a | $B/conv2d-worker
	$(call SAY,LD,$@)
	$(CC) $(CFLAGS) $^ -o $@ $(RUNNER_LIBS)

# ---- adapters: those that need nothing else are always built

BUNDLED := naive oracle pipe
# A subject exports conv2d_subject and nothing else.
SUBJECT := -shared -fvisibility=hidden -Wl,--exclude-libs,ALL

$B/adapters/naive.so: adapters/naive.c $(wildcard adapters/*.h) include/conv2d_abi.h Makefile
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	$(COMPILE) $(SUBJECT) $< -o $@ -lm

$B/adapters/oracle.so: adapters/oracle.c $B/libconv2d-oracle.a include/conv2d_abi.h include/conv2d_oracle.h
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	$(COMPILE) $(SUBJECT) $< $B/libconv2d-oracle.a -o $@ -lm

PIPE_C := adapters/pipe.c adapters/pipe_child.c
$B/adapters/pipe.so: $(PIPE_C) adapters/pipe_child.h adapters/conv2d_protocol.h include/conv2d_abi.h Makefile
	mkdir -p $(@D)
	$(call SAY,LD,$@)
	$(COMPILE) $(SUBJECT) $(PIPE_C) -o $@ -ljansson

all: $B/conv2d-cts $B/conv2d-worker $B/libconv2d-oracle.a $B/libconv2d-oracle.so $(BUNDLED:%=$B/adapters/%.so)

include adapters/adapters.mk tests/tests.mk bench/bench.mk install.mk proofs/proofs.mk docs/site/site.mk

# ---- the two commands

# The names in packages.txt that dpkg does not know as installed.
MISSING = $(shell sed 's/\#.*//' $(1) | xargs -n1 dpkg-query -W -f '$${Package} $${db:Status-Abbrev}\n' 2>&1 \
  | sed -n 's/.*no packages found matching //p; /^[^ ]* ii/!s/^\([a-z0-9.+-]*\) .*/\1/p' | grep -v '^dpkg-query' | sort -u)
APT := apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=300

define install-missing
missing='$(call MISSING,$(1))'; if [ -n "$$missing" ]; then \
  apt-get update && $(APT) install $$missing; else echo '$(1): everything is installed'; fi
endef

deps:
	$(call install-missing,packages.txt)

TIER ?= quick
ifdef IMPL
conform:
	$(MAKE) --no-print-directory -j$(JOBS) all
	$B/conv2d-cts run --tier $(TIER) --impl $(IMPL)
else
conform: IMPL := $B/adapters/naive.so
conform:
	$(MAKE) --no-print-directory -j$(JOBS) all
	prove -j$(JOBS) -e '$B/conv2d-cts run --tap --jobs 1 --tier $(TIER) --impl $(IMPL)' --ext .yaml -r cases
endif

help:
	sed -n 's/^#   \(make.*\)/\1/p' Makefile

clean:
	rm -rf $B

.PHONY: all deps conform help clean

-include $(wildcard $B/*/*.d $B/*/*/*.d $B/*/*/*/*.d)
