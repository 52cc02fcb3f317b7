#!/usr/bin/env lua5.4
-- page.t: specs/verdicts.md has every verdict of runner/call/verdict.h, and no other.

local function words_of (path, pattern)
  local words, count = {}, 0
  for line in io.lines(path) do
    local word = line:match(pattern)
    if word then
      words[word] = true
      count = count + 1
    end
  end
  return words, count
end

local function only_in (a, b)
  local found = {}
  for word in pairs(a) do
    if not b[word] then found[#found + 1] = word end
  end
  table.sort(found)
  return table.concat(found, ", ")
end

local table_, n = words_of("runner/call/verdict.h", '^  X %(V_[%u_]+, "(.-)"')
local page = words_of("specs/verdicts.md", "^| `([%l -]+)` |")
local missing, unknown = only_in(table_, page), only_in(page, table_)
print("1..3")
print((n > 25 and "ok" or "not ok") .. " 1 - verdict.h has verdicts")
print((missing == "" and "ok" or "not ok") .. " 2 - the page leaves none out")
print((unknown == "" and "ok" or "not ok") .. " 3 - the page knows no other")
if missing ~= "" then print("# left out: " .. missing) end
if unknown ~= "" then print("# unknown: " .. unknown) end
os.exit(n > 25 and missing == "" and unknown == "")
