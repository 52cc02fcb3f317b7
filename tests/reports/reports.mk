# The HTML report in a browser; not part of `make check`, which needs none.
check-browser: all $B/mutants/LIST
	$B/conv2d-cts lua tests/reports/browser/click.lua > $B/check-browser.tap; cat $B/check-browser.tap
	prove -e cat $B/check-browser.tap

.PHONY: check-browser
