# Proofs: what is proved, and how to check it, is in proofs/README.md.
#
#   make deps-proofs      install proofs/packages.txt
#   make proofs           check every proof; what is missing is skipped, with the reason
#   make proofs-plants    change a constant or a formula at a time, and see that `make proofs` fails

PROOFS_B := $B/proofs
COQ_B := $(PROOFS_B)/coq
COQ_V := Tie Sum Judge Digits Rounding Certificate Wide Statistics Geometry Corollaries Kahan Loose Contract
HAVE = command -v $(1) >/dev/null

deps-proofs:
	$(call install-missing,proofs/packages.txt)

proofs: proofs-coq proofs-wp proofs-exhaustive

# ---- Coq: the figures of the source first; each file is one theorem's; then nothing may be admitted

COQ_THERE = $(call HAVE,coqc) && cd "$$(coqc -where)/user-contrib" && test -d Flocq && test -d Coquelicot && test -d Interval

proofs-coq:
	if ($(COQ_THERE)); then $(MAKE) --no-print-directory $(COQ_B)/axioms; \
	else echo 'proofs: coqc or a library of it is missing, its theorems are skipped (make deps-proofs)'; fi

$(COQ_B)/Constants.v: proofs/constants.lua proofs/source.lua runner/judge/bound.c runner/judge/stays_exact.c runner/judge/values.c runner/judge/parts.h runner/judge/run.c \
    runner/call/dtype.c include/conv2d_dtypes.h oracle/type.c oracle/exact.h oracle/exact.c \
    oracle/check.c oracle/geometry.h include/conv2d_padding_modes.h \
    runner/judge/tally.c runner/judge/init.c runner/judge/values.c oracle/settle.c oracle/settle_block.h oracle/multiply_block.h oracle/product.c oracle/shallow.c
	mkdir -p $(@D)
	lua5.4 $< $(if $(filter no,$(TEXT)),figures) > $@.new
	if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(COQ_B)/%.v: proofs/coq/%.v
	mkdir -p $(@D)
	cp $< $@

$(COQ_B)/%.vo: $(COQ_B)/%.v
	$(call SAY,COQ,$*)
	cd $(@D) && coqc -q -Q . Conv2d $*.v

$(COQ_V:%=$(COQ_B)/%.vo): $(COQ_B)/Constants.vo
$(COQ_B)/Judge.vo $(COQ_B)/Loose.vo $(COQ_B)/Contract.vo: $(COQ_B)/Sum.vo
$(COQ_B)/Certificate.vo $(COQ_B)/Corollaries.vo: $(COQ_B)/Judge.vo
$(COQ_B)/Kahan.vo: $(COQ_B)/Corollaries.vo
$(COQ_B)/Wide.vo: $(COQ_B)/Certificate.vo

$(COQ_B)/axioms: proofs/axioms.lua $(COQ_V:%=proofs/coq/%.v) $(COQ_V:%=$(COQ_B)/%.vo)
	lua5.4 $< $(COQ_B) $(COQ_V) > $@.new || { cat $@.new; exit 1; }
	mv $@.new $@
	tail -n 1 $@

# ---- Frama-C's WP: exact.c with what it rounds with; check.c and geometry.h but for their loops. DLPack's
# header and the oracle's are beside the translated file; ieee.h is left out, which demands things of a compiler.

WP_B := $(PROOFS_B)/wp
WP_FILES := exact check
WP_exact := carry,add_scaled,exact_add_product,take_magnitude,highest_bit,bits_from,any_below,round_magnitude,round_bits,low_bits,exact_round
WP_check := padded,source,same_margin,margin_of,fits,check_parameters,widest,weight_shape,places,resolve_axis
# Seconds on the clock a goal; most take one. A machine that is busy with other work needs more.
WP_SECONDS ?= 180

proofs-wp:
	if $(call HAVE,frama-c) && $(call HAVE,z3) && $(call HAVE,cvc4); then $(MAKE) --no-print-directory $(WP_FILES:%=$(WP_B)/%.report); \
	else echo 'proofs: frama-c, z3 or cvc4 is missing, exact.c, check.c and geometry.h are not proved (make deps-proofs)'; fi

$(WP_B)/why3: $(wildcard include/*.h oracle/*.h) proofs/wp/translate.lua proofs/source.lua proofs/wp/geometry_contracts.h
	mkdir -p $(WP_B)/oracle $(WP_B)/include/dlpack
	cp include/conv2d_*.h $(WP_B)/include
	cp /usr/include/dlpack/dlpack.h $(WP_B)/include/dlpack
	cp oracle/exact.h oracle/type.h $(WP_B)/oracle
	: > $(WP_B)/oracle/ieee.h
	lua5.4 proofs/wp/translate.lua oracle/geometry.h > $(WP_B)/oracle/geometry.h
	why3 config detect > $@.new 2>&1 || { cat $@.new; exit 1; }
	mv $@.new $@

$(WP_B)/exact.report: proofs/coq/Digits.v oracle/type.c
$(WP_B)/check.report: proofs/coq/Geometry.v proofs/wp/wide.h

$(WP_B)/%.report: proofs/wp/report.lua proofs/wp/translate.lua proofs/wp/%_contracts.h oracle/%.c $(WP_B)/why3
	lua5.4 proofs/wp/translate.lua oracle/$*.c > $(WP_B)/$*.c
	$(call SAY,WP,$*.c)
	frama-c -c11 -wp -wp-rte -cpp-extra-args='-I. -I$(WP_B)/oracle -I$(WP_B)/include' -wp-fct $(WP_$*) \
	  -wp-prover z3,cvc4 -wp-timeout $(WP_SECONDS) -wp-par 2 $(WP_B)/$*.c > $(WP_B)/$*.log 2>&1; \
	  lua5.4 $< $* $(WP_B)/$*.log $(WP_$*) > $@.new || { cat $@.new; exit 1; }
	mv $@.new $@
	tail -n 1 $@

# ---- what is finite, tried in full: with what C leaves undefined made fatal; and, as there are 2^32 of
# them, float32 without it

EXHAUSTIVE_C := proofs/exhaustive.c oracle/check.c oracle/type.c oracle/exact.c
NARROW := float16 bfloat16 float8_e4m3fn float8_e5m2

$(PROOFS_B)/exhaustive $(PROOFS_B)/rounding: $(EXHAUSTIVE_C) tests/tap.h $(wildcard oracle/*.h include/*.h)
	mkdir -p $(@D)
	$(call SAY,CC,proofs/exhaustive.c)
	$(COMPILE) -MF $@.d $(EXHAUSTIVE_FLAGS) $(EXHAUSTIVE_C) -o $@ -lm

$(PROOFS_B)/exhaustive: EXHAUSTIVE_FLAGS := -fsanitize=undefined -fno-sanitize-recover=all
$(PROOFS_B)/rounding: EXHAUSTIVE_FLAGS := -O3 -flto

proofs-exhaustive: $(PROOFS_B)/exhaustive $(NARROW:%=$(PROOFS_B)/%.tried)
	$<

$(NARROW:%=$(PROOFS_B)/%.tried): $(PROOFS_B)/%.tried: $(PROOFS_B)/rounding
	$< $* > $@.new || { cat $@.new; exit 1; }
	mv $@.new $@
	head -n 1 $@

# ---- the quick part of that, for make check

proofs-sample: $(PROOFS_B)/exhaustive
	$(PROOFS_B)/exhaustive --quick

# ---- changes that the proofs must not survive

proofs-plants: proofs
	lua5.4 proofs/plants.lua $(PROOFS_B)

.PRECIOUS: $(COQ_B)/%.v $(COQ_B)/%.vo $(WP_B)/%.report
.PHONY: deps-proofs proofs proofs-coq proofs-wp proofs-exhaustive proofs-sample proofs-plants
