-- report.lua LOG CONTRACTS COQ FUNCTIONS: whether WP has proved every goal of every function, and whether
-- each lemma that it was given is a theorem of Coq's under the same name.

local log, contracts, coq, functions = ...
local failed = false

local function complain(...)
  print(...)
  failed = true
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local text = read(log)
local proved, all = text:match("Proved goals: +(%d+) / (%d+)")
if not proved then
  print(text)
  complain("proofs: Frama-C came to no end")
elseif proved ~= all then
  for goal in text:gmatch("%[Failed%] Goal ([^\n]*)") do print("proofs: WP could not prove " .. goal) end
  complain(("proofs: WP proved %s of %s goals"):format(proved, all))
end

for name in functions:gmatch("[%w_]+") do
  if not text:find("[rte:annot] annotating function " .. name .. "\n", 1, true) then
    complain("proofs: WP saw no function " .. name)
  end
end

local lemmas, theorems = 0, read(coq)
for name in read(contracts):gmatch("\n *lemma ([%w_]+)") do
  lemmas = lemmas + 1
  if not theorems:find("\nTheorem " .. name .. " ") then
    complain(coq .. ": there is no theorem " .. name)
  end
end

if failed then os.exit(1) end
print(("proofs: WP proved all %s goals of exact.c, from %d lemmas that are theorems in Coq"):format(all, lemmas))
