-- report.lua NAME LOG FUNCTIONS: whether WP has proved every goal of every function of a file, and whether each
-- lemma that it was given is a theorem of Coq's under the same name.

package.path = "proofs/?.lua;" .. package.path
local source = require "source"

local name, log, functions = ...
local contracts = ({ exact = { "exact" }, check = { "check", "geometry" } })[name]
local coq = "proofs/coq/" .. ({ exact = "Digits", check = "Geometry" })[name] .. ".v"
local failed = false

local function complain(...)
  print(...)
  failed = true
end

local text = source.read(log)
local proved, all = text:match("Proved goals: +(%d+) / (%d+)")
if not proved then
  print(text)
  complain("proofs: Frama-C came to no end")
elseif proved ~= all then
  for goal in text:gmatch("%[Failed%] Goal ([^\n]*)") do print("proofs: WP could not prove " .. goal) end
  complain(("proofs: WP proved %s of %s goals"):format(proved, all))
end

for f in functions:gmatch("[%w_]+") do
  if not text:find("[rte:annot] annotating function " .. f .. "\n", 1, true) then
    complain("proofs: WP saw no function " .. f)
  end
end

local lemmas, theorems = 0, source.read(coq)
for _, file in ipairs(contracts) do
  for lemma in source.read("proofs/wp/" .. file .. "_contracts.h"):gmatch("\n *lemma ([%w_]+)") do
    lemmas = lemmas + 1
    if not theorems:find("\nTheorem " .. lemma .. " ") then
      complain(coq .. ": there is no theorem " .. lemma)
    end
  end
end

if failed then os.exit(1) end
print(("proofs: WP proved all %s goals of %s.c, from %d lemmas that are theorems in Coq"):format(all, name, lemmas))
