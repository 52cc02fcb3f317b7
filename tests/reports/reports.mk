# The HTML report in a browser; not part of `make check`, which needs none.
check-browser: all $B/mutants/LIST
	$B/conv2d-cts lua tests/reports/browser/click.lua > $B/check-browser.tap; cat $B/check-browser.tap
	$B/conv2d-cts lua tests/reports/browser/widths.lua > $B/check-widths.tap; cat $B/check-widths.tap
	$B/conv2d-cts lua tests/reports/browser/grid.lua > $B/check-grid.tap; cat $B/check-grid.tap
	$B/conv2d-cts lua tests/reports/browser/site.lua > $B/check-site.tap; cat $B/check-site.tap
	prove -e cat $B/check-browser.tap $B/check-widths.tap $B/check-grid.tap $B/check-site.tap

# The picture in README. Make it again when the page has changed, and commit it.
report-picture: all $B/mutants/LIST
	$B/conv2d-cts lua tests/reports/browser/picture.lua reports/report.png

.PHONY: check-browser report-picture
