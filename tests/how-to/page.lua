-- page.lua: the steps of a page of docs/how-to, and whether what is printed is what the page shows.

local page = {}

-- Adds the commands of a console block, each with the output below it.
local function add_commands(steps, block)
  local step, continued
  for line in block:gmatch("(.-)\n") do
    if continued then
      step.command = step.command .. "\n" .. line
    elseif line:find("^%$ ") then
      step = {command = line:sub(3), output = ""}
      steps[#steps + 1] = step
    else
      step.output = step.output .. line .. "\n"
    end
    continued = (continued or line:find("^%$ ")) and line:find("\\$") ~= nil
  end
end

--- {{file =, text =} | {needs =} | {anywhere =} | {setup =} | {command =, output =}} of a page in Markdown, from its top.
function page.steps(text)
  local steps, file, kind, lines = {}, nil, nil, nil
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local opened = line:match("^```(%w*)")
    if kind and line == "```" then
      local block = table.concat(lines, "\n") .. "\n"
      if kind == "console" then add_commands(steps, block) end
      if file then steps[#steps + 1] = {file = file, text = block} end
      kind, file = nil, nil
    elseif kind then
      lines[#lines + 1] = line
    elseif opened then
      kind, lines = opened, {}
    else
      local key, value = line:match("^<!%-%- (%l+): ?(.-) ?%-%->$")
      if key == "file" then file = value elseif key then steps[#steps + 1] = {[key] = value} end
    end
  end
  return steps
end

local function pattern_of(line)
  return "^" .. line:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0"):gsub("%%%.%%%.%%%.", ".-") .. "$"
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  return lines
end

-- Whether the lines of `got` from `g` on are those of `shown` from `s` on; if not, the line of `shown` that is missing.
local function match_from(shown, s, got, g)
  if s > #shown then return g > #got, g <= #got and "too much is printed: " .. got[g] or nil end
  if shown[s] ~= "..." then
    if not got[g] or not got[g]:find(pattern_of(shown[s])) then return false, "the page shows: " .. shown[s] end
    return match_from(shown, s + 1, got, g + 1)
  end
  if s == #shown then return true end
  local good, why
  for at = g, #got + 1 do
    good, why = match_from(shown, s + 1, got, at)
    if good then return true end
  end
  return false, why
end

--- Whether the output that a page shows stands for what was printed; if not, why.
function page.matches(shown, printed)
  if printed ~= "" and printed:sub(-1) ~= "\n" then printed = printed .. "\n" end
  return match_from(lines_of(shown), 1, lines_of(printed), 1)
end

return page
