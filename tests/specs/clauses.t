#!/usr/bin/env lua5.4
-- clauses.t: specs/conv2d.yaml, the pages of specs/ and everything that cites a clause agree.
-- Reads lines, not YAML: each clause is one line of conv2d.yaml.

local failed, count = false, 0

local function ok (good, what, ...)
  count = count + 1
  failed = failed or not good
  print(string.format("%s %d - %s", good and "ok" or "not ok", count, what))
  for _, line in ipairs({ ... }) do
    print("# " .. line)
  end
end

local function lines_of (command)
  local pipe = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

-- The clauses of conv2d.yaml by id: {title, file, kind, source}.
local function read_table (path)
  local clauses, n = {}, 0
  for line in io.lines(path) do
    local id, title, file, class, rest =
      line:match('{id: (%u+%-%d+), title: "(.-)", file: (%S+), class: (%l+), (.*)}$')
    if id then
      local order = rest:match("rejects: true, order: (%d+)")
      assert(not clauses[id], id .. " stands twice")
      n = n + 1
      clauses[id] = {
        title = title,
        file = file,
        kind = order and class .. "; a rejection, order " .. order or class,
        order = tonumber(order),
        source = rest:match('source: "(.-)"$'),
      }
    end
  end
  return clauses, n
end

-- The clauses of the pages, in the same form.
local function read_pages (paths)
  local clauses, n = {}, 0
  for _, path in ipairs(paths) do
    local id
    for line in io.lines(path) do
      local heading = line:match("^## (%u+%-%d+)$")
      if heading then
        id = heading
        assert(not clauses[id], id .. " stands twice")
        n = n + 1
        clauses[id] = { file = path:match("[^/]+$") }
      elseif id then
        local title, kind = line:match("^%*%*(.+)%*%* %((.+)%)$")
        clauses[id].title = clauses[id].title or title
        clauses[id].kind = clauses[id].kind or kind
        clauses[id].source = clauses[id].source or line:match("^%*Source: (.+)%.%*$")
      end
    end
  end
  return clauses, n
end

local function differences (table_, pages)
  local found = {}
  for id, c in pairs(table_) do
    local page = pages[id] or {}
    for _, key in ipairs({ "title", "file", "kind", "source" }) do
      -- judge.md proves rather than cites
      if c[key] ~= page[key] and not (key == "source" and id:match("^JUDGE")) then
        found[#found + 1] = id .. ": " .. key .. ": '" .. tostring(c[key]) .. "' in conv2d.yaml, '"
          .. tostring(page[key]) .. "' on the page"
      end
    end
  end
  for id in pairs(pages) do
    if not table_[id] then
      found[#found + 1] = id .. " stands on a page only"
    end
  end
  table.sort(found)
  return found
end

-- Orders must be 1, 2, 3 ... without a gap.
local function gaps (clauses)
  local at, last = {}, 0
  for id, c in pairs(clauses) do
    if c.order then
      at[c.order] = (at[c.order] and at[c.order] .. ", " or "") .. id
      last = math.max(last, c.order)
    end
  end
  local found = {}
  for i = 1, last do
    if not at[i] or at[i]:find(",") then
      found[#found + 1] = "order " .. i .. ": " .. (at[i] or "nothing")
    end
  end
  return found
end

-- Places that cite a clause that does not exist. Only the families of clauses count: UTF-8 is none.
local function dangling (clauses)
  local families = {}
  for id in pairs(clauses) do
    families[id:match("^%u+")] = true
  end
  local cited, found = 0, {}
  for _, line in ipairs(lines_of("grep -rnoE '\\b[A-Z]+-[0-9]+\\b' include oracle runner adapters cases specs"
    .. " reports bench README.md 2>/dev/null")) do
    local place, id = line:match("^(.*):([%u%d%-]+)$")
    if families[id:match("^%u+")] then
      cited = cited + 1
      if not clauses[id] then
        found[#found + 1] = place .. ": " .. id
      end
    end
  end
  return found, cited
end

local clauses, n = read_table("specs/conv2d.yaml")
local pages, m = read_pages(lines_of("ls specs/*.md"))
print("1..5")
ok(n > 80, "conv2d.yaml has clauses", n .. " found")
ok(m > 80, "the pages have clauses", m .. " found")
local found = differences(clauses, pages)
ok(#found == 0, "titles, classes and sources agree", table.unpack(found))
found = gaps(clauses)
ok(#found == 0, "the order of rejections has no gap and no tie", table.unpack(found))
local cited
found, cited = dangling(clauses)
ok(#found == 0 and cited > n, "every clause that is cited exists", table.unpack(found))
os.exit(not failed)
