#!/usr/bin/env lua5.4
-- text.t: JUnit, Markdown, annotations, badges and TAP of a log.

package.path = "tests/?.lua;tests/reports/?.lua;" .. package.path
local tap = require "tap"
local made = require "made"

local folder = tap.folder()
local log, out = folder .. "/x.jsonl", folder .. "/out"
local bell = made.wrong .. ',"printed":"ring \\u0007\\u001b[31m <&> \\ud83d\\ude00"'

local function report(lines, arguments)
  tap.write(log, made.log("x", lines))
  return tap.run("report " .. arguments .. " " .. log)
end

-- JUnit
local mixed = made.cases(6, {[2] = made.wrong, [3] = made.skipped, [4] = bell, [5] = '"verdict":"mistrusted","words":"?"'})
tap.is((report(mixed, "--junit " .. out)), 0, "JUnit")
local text = tap.read(out)
tap.ok(not text:find("[%z\1-\8\11\12\14-\31]"), "no control characters")
tap.has(text, "ring ??[31m &lt;&amp;&gt; \u{1f600}", "the other characters, escaped")
tap.has(text, 'tests="6" failures="2" errors="1" skipped="1"', "the counts")
tap.has(text, 'file="cases/padding.yaml" line="2"', "file and line of a case")
tap.has(text, '<skipped message="not offered"/>', "why a case was skipped")
if tap.has_program "xmllint" then
  local status, _, err = tap.shell("xmllint --noout --schema tests/reports/junit.xsd " .. out)
  tap.is(status, 0, "validates against the schema")
  if status ~= 0 then print("# " .. err:gsub("\n", "\n# ")) end
  tap.write(out, (text:gsub("<failure", "<fault"):gsub("</failure", "</fault")))
  tap.ok(tap.shell("xmllint --noout --schema tests/reports/junit.xsd " .. out) ~= 0, "the schema refuses something")
else
  tap.skip("validates against the schema", "xmllint is not installed")
end

-- Cases of two files in turns, as a run with --order writes them, and of more cases than are held at a time.
local turns = made.cases(900, {[3] = made.wrong})
for i = 1, 900, 2 do turns[i] = turns[i]:gsub("padding.yaml", "other.yaml") end
tap.is((report(turns, "--junit " .. out)), 0, "JUnit of files in turns")
text = tap.read(out)
tap.is(select(2, text:gsub("<testsuite ", "")), 2, "a suite for each file")
tap.is(select(2, text:match('padding.yaml".-</testsuite>'):gsub("<testcase ", "")), 450, "with its cases")
tap.is(select(2, text:gsub("<testcase ", "")), 900, "and all are there")
if tap.has_program "xmllint" then
  tap.is((tap.shell("xmllint --noout --schema tests/reports/junit.xsd " .. out)), 0, "it validates")
end

-- Markdown
local _, markdown = report(mixed, "--markdown -")
tap.ok(markdown:find("is not judged", 1, true) < markdown:find("####", 1, true), "the verdict stands first")
tap.has(markdown, "| 3 | 2 | 1 | 6 |", "the counts in a table")
tap.has(markdown, "conv2d-cts repro --impl ./x.so 'conv2d:in=1x1x4x", "a line to copy")
tap.has(markdown, "PAD-1", "the clause")
local hostile = made.wrong:gsub("2 of 8 elements are wrong", "a|b `c` *d* <script> [e](f) &lt;\\nnext # g")
tap.write(log, (made.log("x", {made.case(1, hostile)}):gsub("%-%-impl %./x%.so", "--impl ./x```.so"):gsub('"x"', '"a|b"')))
_, markdown = tap.run("report --markdown - " .. log)
tap.has(markdown, "a\\|b \\`c\\` \\*d\\* \\<script\\> \\[e\\](f) \\&lt; next \\# g", "what a subject said is no Markdown")
tap.has(markdown, "| a\\|b 1.0 **", "nor does its name break the table")
tap.has(markdown, "````sh\nconv2d-cts repro --impl ./x```.so 'conv2d", "nor does its path end the block")
local many = {}
for i = 1, 6000 do many[i] = made.case(i, made.wrong:gsub("2 of 8", ("long "):rep(40))) end
_, markdown = report(many, "--markdown -")
tap.ok(#markdown < 1024 * 1024, "under 1 MiB")
tap.has(markdown, "6,000 × no common cause found", "where all fail nothing is called a cause")

-- GitHub
local _, annotations = report(mixed, "--github")
local count = select(2, annotations:gsub("::error ", ""))
tap.ok(count >= 1 and count <= 10, "at most 10 annotations: " .. count)
tap.ok(not annotations:gsub("\n$", ""):gsub("\n::error", "::error"):find("\n", 1, true), "each on a line")
local odd = made.wrong:gsub("2 of 8 elements are wrong", "100%%, and\\r\\nmore: yes")
tap.write(log, (made.log("x", {made.case(1, odd)}):gsub('"subject":"x"', '"subject":"a:b,c%%"')))
_, annotations = tap.run("report --github " .. log)
tap.has(annotations, "::error title=conv2d-cts%3A a%3Ab%2Cc%25%3A 1 x ", "properties are escaped")
tap.has(annotations, "for example: 100%25, and? more: yes%0Aconv2d-cts repro ", "and messages, but for commas and colons")
tap.is(select(2, annotations:gsub("\n", "")), 1, "one line")
tap.is(select(2, report(made.cases(3), "--github")), "", "none where nothing fails")

-- badge
local _, badge = report(made.cases(1200), "--badge -")
tap.has(badge, '"message":"conforms, 1,200 cases"', "a badge of a subject that conforms")
tap.has(badge, '"schemaVersion":1', "with what shields.io asks for")
_, badge = report(mixed, "--badge -")
tap.has(badge, '"message":"not judged"', "a badge of a run with a defective case")
_, badge = report(made.cases(4, {[1] = made.wrong}), "--badge -")
tap.has(badge, '"message":"3 of 4 pass"', "a badge of one that does not conform")

-- TAP, as prove reads it
local status = report(made.cases(5, {[2] = made.skipped}), "--tap >" .. out)
tap.is(status, 0, "TAP")
status, text = tap.shell("prove -e cat " .. out)
tap.is(status, 0, "prove is content where nothing fails")
tap.has(text, "Tests=5", "and counts all")
report(mixed, "--tap >" .. out)
status, text = tap.shell("prove -e cat " .. out)
tap.is(status, 1, "prove fails where something fails")
tap.has(text, "Failed tests:  2, 4-5", "and names what")
tap.done()
