# Installing. The program finds its suite in ../share/conv2d-cts beside bin/, and pkg-config finds the library beside its
# own file. Nothing refers to the source tree or to the prefix, so an installed tree may be moved.

version = $(shell sed -n 's/^.define SUITE_VERSION "\([0-9.]*\)"/\1/p' runner/api/api.h)
SHARE = $(DESTDIR)$(prefix)/share
SUITE = $(SHARE)/conv2d-cts
INSTALL := install
FOLDERS := specs cases cases/models cases/regressions cases/sweeps runner $(patsubst %/,%,$(wildcard runner/lua/*/ runner/lua/*/*/)) reports reports/page

# The files of a folder that the installed suite needs.
FILES = $(wildcard $(1)/*.md $(1)/*.yaml $(1)/*.lua $(1)/*.html $(1)/*.css $(1)/*.js $(1)/*.in)

$B/conv2d-cts.1: install/manual.lua $B/conv2d-cts $(wildcard runner/lua/commands/*.lua)
	$(call SAY,MAN,$@)
	$B/conv2d-cts lua install/manual.lua man $B/conv2d-cts > $@

$B/conv2d-cts.bash: install/manual.lua $B/conv2d-cts $(wildcard runner/lua/commands/*.lua)
	$(call SAY,COMPLETION,$@)
	$B/conv2d-cts lua install/manual.lua completion $B/conv2d-cts > $@

# The formats as a page of section 5, from their own texts, where pandoc is there.
FORMATS := specs/case-format.md specs/result-log.md specs/xfail.md specs/pipe.md
PANDOC := $(shell command -v pandoc)

$B/conv2d-cts.5: $(FORMATS)
	$(call SAY,MAN,$@)
	for f in $(FORMATS); do cat $$f; echo; done | pandoc -s -f gfm -t man -M title=CONV2D-CTS -M section=5 -M footer="conv2d-cts $(version)" \
	  -M header="files and protocols of conv2d-cts" -o $@

$B/conv2d-oracle.pc: oracle/conv2d-oracle.pc.in runner/api/api.h
	sed 's|@version@|$(version)|' $< > $@

install: all $B/conv2d-cts.1 $(if $(PANDOC),$B/conv2d-cts.5) $B/conv2d-cts.bash $B/conv2d-oracle.pc
	$(INSTALL) -D $B/conv2d-cts $(DESTDIR)$(prefix)/bin/conv2d-cts
	$(INSTALL) -D -t $(DESTDIR)$(prefix)/lib/conv2d-cts $B/adapters/pipe.so $B/conv2d-worker
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(prefix)/include include/*.h adapters/conv2d_subject.h adapters/conv2d_protocol.h
	$(INSTALL) -D -m 644 -t $(SUITE)/python adapters/conv2d_subject.py
	$(INSTALL) -D -m 644 -t $(SUITE)/python/conv2d_cts adapters/conv2d_cts/*.py
	$(INSTALL) -D -m 644 -t $(SUITE)/node adapters/conv2d_subject.mjs
	$(INSTALL) -D -m 644 -t $(SUITE)/adapters adapters/README.md
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(prefix)/lib $B/libconv2d-oracle.a
	$(INSTALL) -D -m 755 -t $(DESTDIR)$(prefix)/lib $B/libconv2d-oracle.so.0
	ln -sf libconv2d-oracle.so.0 $(DESTDIR)$(prefix)/lib/libconv2d-oracle.so
	$(INSTALL) -D -m 644 -t $(DESTDIR)$(prefix)/lib/pkgconfig $B/conv2d-oracle.pc
	$(foreach f,$(FOLDERS),$(if $(call FILES,$f),$(INSTALL) -D -m 644 -t $(SUITE)/$f $(call FILES,$f) &&)) true
	$(INSTALL) -D -m 644 -t $(SHARE)/man/man1 $B/conv2d-cts.1
	$(if $(PANDOC),$(INSTALL) -D -m 644 -t $(SHARE)/man/man5 $B/conv2d-cts.5)
	$(INSTALL) -D -m 644 $B/conv2d-cts.bash $(SHARE)/bash-completion/completions/conv2d-cts

uninstall:
	rm -f $(DESTDIR)$(prefix)/bin/conv2d-cts $(patsubst include/%,$(DESTDIR)$(prefix)/include/%,$(wildcard include/*.h))
	rm -f $(addprefix $(DESTDIR)$(prefix)/include/,conv2d_subject.h conv2d_protocol.h)
	rm -f $(addprefix $(DESTDIR)$(prefix)/lib/libconv2d-oracle.,a so so.0)
	rm -f $(DESTDIR)$(prefix)/lib/pkgconfig/conv2d-oracle.pc $(SHARE)/man/man1/conv2d-cts.1 $(SHARE)/man/man5/conv2d-cts.5
	rm -f $(SHARE)/bash-completion/completions/conv2d-cts
	rm -rf $(SUITE) $(DESTDIR)$(prefix)/lib/conv2d-cts

.PHONY: install uninstall
