# The pages of the repository as one navigable site with an offline search, in build/site: `make site`. Needs the packages of
# docs/site/packages.txt. The same Markdown is the source; what it links to outside of it becomes plain words. The published
# results stand in its folder results.

SITE_PAGES = $(shell git ls-files '*.md' 2>/dev/null || find . -name '*.md' -not -path './build/*')

site: all $B/mutants/LIST
	rm -rf $B/site-source && mkdir -p $B/site-source
	cp --parents $(SITE_PAGES) $B/site-source/
	cp --parents reports/report.png $B/site-source/
	cp docs/site/conf.py $B/site-source/
	mkdir $B/site-source/_static && cp docs/site/custom.css $B/site-source/_static/
	$B/conv2d-cts lua docs/site/pages.lua $B/site-source $(SITE_PAGES)
	sphinx-build -q -b html $B/site-source $B/site
	$B/conv2d-cts site --output $B/site/results findings/quick findings/full
	@echo "$B/site/README.html"

.PHONY: site
