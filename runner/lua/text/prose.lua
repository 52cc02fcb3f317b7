-- prose.lua: the text of clauses, and the Markdown of specs/ as HTML.
-- Only what specs/ use: paragraphs, lists, tables, fences, `code`, **bold**, *italic*, links.

local escape = require "text.escape"

local prose = {}

prose.escape = escape.html

--- An id or a path, escaped, which may be broken after a comma or a slash.
function prose.breakable(text)
  return (prose.escape(text):gsub("[,/]", "%0<wbr>"))
end

-- Links to other pages of specs/ become plain text, as a report stands alone. Links to the web stay.
local function link(label, target)
  if target:match("^https?://") then return ('<a href="%s">%s</a>'):format(target, label) end
  local clause = target:match("#(%l+%-%d+)$")
  if clause then return ('<a href="#clause-%s">%s</a>'):format(clause:upper(), label) end
  return label
end

local function inline(text)
  local code = {}
  text = prose.escape(text):gsub("`([^`]+)`", function(c)
    code[#code + 1] = "<code>" .. c .. "</code>"
    return "\1" .. #code .. "\2"
  end)
  text = text:gsub("%[([^%]]+)%]%(([^)]+)%)", link)
  text = text:gsub("%*%*(.-)%*%*", "<strong>%1</strong>"):gsub("%f[%*]%*([^%*%s][^%*]-)%*", "<em>%1</em>")
  return (text:gsub("\1(%d+)\2", function(i) return code[tonumber(i)] end))
end
prose.inline = inline

local function cells(line, tag)
  local list = {}
  for cell in line:gsub("^|", ""):gsub("\\|", "\3"):gmatch("%s*(.-)%s*|") do
    list[#list + 1] = ("<%s>%s</%s>"):format(tag, inline((cell:gsub("\3", "|"))), tag:match("^%w+"))
  end
  return "<tr>" .. table.concat(list) .. "</tr>"
end

local function table_html(lines)
  local rows = {"<div class=\"wide\"><table><thead>" .. cells(lines[1], 'th scope="col"') .. "</thead><tbody>"}
  for i = 3, #lines do rows[#rows + 1] = cells(lines[i], "td") end
  return table.concat(rows) .. "</tbody></table></div>"
end

local function list_html(lines)
  local items = {}
  for _, line in ipairs(lines) do
    local item = line:match("^[*-] (.*)")
    if item then
      items[#items + 1] = item
    else
      items[#items] = items[#items] .. " " .. line:gsub("^%s+", "")
    end
  end
  for i, item in ipairs(items) do items[i] = "<li>" .. inline(item) .. "</li>" end
  return "<ul>" .. table.concat(items) .. "</ul>"
end

local function block_html(lines)
  if lines.fence or lines[1]:match("^    ") then
    return "<pre>" .. prose.escape(table.concat(lines, "\n")) .. "</pre>"
  elseif lines[1]:match("^|") then
    return table_html(lines)
  elseif lines[1]:match("^[*-] ") then
    return list_html(lines)
  end
  return "<p>" .. inline(table.concat(lines, " ")) .. "</p>"
end

--- HTML of Markdown.
function prose.html(markdown)
  local parts, block = {}, {}
  local function flush()
    if #block > 0 then parts[#parts + 1] = block_html(block) end
    block = {}
  end
  for line in (markdown .. "\n"):gmatch("(.-)\n") do
    if line:match("^```") then
      local opening = not block.fence
      flush()
      block.fence = opening or nil
    elseif line:match("^%s*$") and not block.fence then
      flush()
    else
      block[#block + 1] = line
    end
  end
  flush()
  return table.concat(parts, "\n")
end

-- The sections of a page by the id that heads them, without headings and titles; and the page's title.
local function read_sections(page)
  local sections, id, title = {}, nil, nil
  local f = io.open(cts.root .. "/specs/" .. page)
  if not f then return sections, "" end
  for line in f:lines() do
    local heading = line:match("^##? (.*)")
    if heading then
      title = title or heading
      id = heading:match("^%u+%-%d+$")
      if id then sections[id] = {} end
    elseif id and not (line:match("^%*%*.*%*%* %(") and #sections[id] <= 1) then
      table.insert(sections[id], line)
    end
  end
  f:close()
  for name, lines in pairs(sections) do sections[name] = table.concat(lines, "\n") end
  return sections, title
end

--- {id =, title =, class =, rejects =, file =, page = its title, topic =, text = Markdown} of each
--- clause, in order, and the same by id.
function prose.clauses()
  local pages, titles, list, by_id = {}, {}, {}, {}
  for _, clause in ipairs(cts.clauses()) do
    local file = clause.file
    if not pages[file] then pages[file], titles[file] = read_sections(file) end
    clause.text, clause.page = pages[file][clause.id] or "", titles[file]
    clause.topic = clause.id:match("^%u+")
    list[#list + 1], by_id[clause.id] = clause, clause
  end
  return list, by_id
end

return prose
