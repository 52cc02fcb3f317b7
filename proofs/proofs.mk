# Proofs: what is proved, and how to check it, is in proofs/README.md.
#
#   make deps-proofs      install proofs/packages.txt
#   make proofs           check every proof; what is missing is skipped, with the reason
#   make proofs-plants    change a constant or a formula at a time, and see that `make proofs` fails

PROOFS_B := $B/proofs
COQ_B := $(PROOFS_B)/coq
COQ_V := Tie Sum Judge Digits Rounding Certificate
HAVE = command -v $(1) >/dev/null

deps-proofs:
	$(call install-missing,proofs/packages.txt)

proofs: proofs-coq

# ---- Coq: the figures of the source first; each file is one theorem's; then nothing may be admitted

proofs-coq:
	if $(call HAVE,coqc); then $(MAKE) --no-print-directory $(COQ_B)/axioms; \
	else echo 'proofs: coqc is missing, its theorems are skipped (make deps-proofs)'; fi

$(COQ_B)/Constants.v: proofs/constants.lua runner/judge/bound.c runner/judge/values.c runner/judge/parts.h runner/judge/run.c \
    runner/call/dtype.c include/conv2d_dtypes.h oracle/type.c oracle/exact.h oracle/exact.c
	mkdir -p $(@D)
	lua5.4 $< > $@.new
	mv $@.new $@

$(COQ_B)/%.v: proofs/coq/%.v
	mkdir -p $(@D)
	cp $< $@

$(COQ_B)/%.vo: $(COQ_B)/%.v
	$(call SAY,COQ,$*)
	cd $(@D) && coqc -q -Q . Conv2d $*.v

$(COQ_V:%=$(COQ_B)/%.vo): $(COQ_B)/Constants.vo
$(COQ_B)/Judge.vo: $(COQ_B)/Sum.vo
$(COQ_B)/Certificate.vo: $(COQ_B)/Judge.vo

$(COQ_B)/axioms: proofs/axioms.lua $(COQ_V:%=proofs/coq/%.v) $(COQ_V:%=$(COQ_B)/%.vo)
	lua5.4 $< $(COQ_B) $(COQ_V) > $@.new || { cat $@.new; exit 1; }
	mv $@.new $@
	tail -n 1 $@

.PRECIOUS: $(COQ_B)/%.v $(COQ_B)/%.vo
.PHONY: deps-proofs proofs proofs-coq
