#!/usr/bin/env lua5.4
-- site.t: published results as a site: what matrix writes, badges, bad input. Then site.lua and grid.lua in a browser, if there
-- is one.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
os.execute("mkdir -p " .. folder .. "/quick")
tap.is((tap.run(("matrix --shard 1/40 --publish %s/quick build/adapters/naive.so"):format(folder))), 0, "a result is published")
tap.is((tap.run(("site --output %s/site %s/quick"):format(folder, folder))), 0, "a site is made of it")
local text = tap.read(folder .. "/site/index.html")
tap.has(text, '"passing":{', "with the clauses that pass")
local _, passing = tap.shell(("grep -l '\"passing\"' %s/site/badges/quick-naive/*.json"):format(folder))
tap.ok(passing:find "SHAPE%-1%.json", "and badges that say so", passing)
tap.has(tap.read(folder .. "/site/badges/quick-naive/SHAPE-1.json"), '"color":"brightgreen"', "in green")

tap.write(folder .. "/quick/other.json", '{"subject":"<script>alert(1)</script>","version":"1","failing_clauses":{"SHAPE-1":3}}')
tap.run(("site --output %s/site %s/quick"):format(folder, folder))
tap.has(tap.read(folder .. "/site/badges/quick-other/SHAPE-1.json"), "3 failing", "a failing clause")
tap.ok(not tap.read(folder .. "/site/index.html"):find("<script>alert", 1, true), "a name is no script")

local function fails(arguments, words)
  local status, _, err = tap.run("site " .. arguments)
  tap.is(status, 2, "refused: " .. words)
  tap.has(err, words, "and told")
end
fails(folder .. "/quick", "--output FOLDER")
fails("--output " .. folder .. "/site", "a folder of results must be named")
tap.write(folder .. "/quick/bad.json", "[1]")
fails(("--output %s/site %s/quick"):format(folder, folder), "bad.json: this is no result of `conv2d-cts matrix --publish`")

for _, name in ipairs {"site", "grid"} do
  local status, out = tap.shell("build/conv2d-cts lua tests/reports/browser/" .. name .. ".lua")
  local reason = out:match "# SKIP ([^\n]*)"
  if reason then tap.skip(name .. ".lua in a browser", reason)
  else tap.ok(status == 0 and not out:find "\nnot ok", name .. ".lua in a browser", out) end
end
tap.done()
