-- escape.lua: makes text from outside the program safe for each medium. All code that writes text of a log, a subject
-- or a case file into a page, a transcript or a command line uses these functions.

local escape = {}

-- Characters that a terminal or an editor takes as a command: controls, U+0080 to U+009F, marks and overrides of direction.
local commands = {
  "\xc2[\x80-\x9f]", "\xd8\x9c", "\xe2\x80[\x8e\x8f\xa8-\xae]", "\xe2\x81[\xa6-\xa9]", "\xef\xbb\xbf",
}

local function clean(text, newline)
  text = tostring(text)
  if not text:find "[%c\x80-\xff]" then return text end
  text = text:gsub("\n", "\0"):gsub("%c", {["\0"] = newline}):gsub("[\1-\9\11-\31\127]", "?")
  if not text:find "[\x80-\xff]" then return text end
  for _, pattern in ipairs(commands) do text = text:gsub(pattern, "?") end
  return utf8.len(text) and text or (text:gsub("[\x80-\xff]", "?"))
end

--- One line, for a terminal: what could command it becomes '?'.
function escape.line(text) return clean(text, " ") end

--- The same for a text of several lines, which stay.
function escape.lines(text) return clean(text, "\n") end

--- A description in TAP, where '#' would begin a directive.
function escape.tap(text)
  return (escape.line(text):gsub("#", ":"):gsub("[^ -~]", "?"))
end

--- Within quotes of YAML, as in the diagnostics of TAP.
function escape.yaml(text)
  return (escape.line(text):gsub('["\\]', "\\%0"))
end

local entities = {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;"}

--- Text or the value of an attribute in HTML.
function escape.html(text)
  return (tostring(text):gsub("[&<>\"']", entities))
end

--- The text if it is an address of the web, to which a link may lead; else nil. `javascript:` is not one.
function escape.url(text)
  return text and text:match "^[Hh][Tt][Tt][Pp][Ss]?://[^%c%s<>\"'`\\]+$"
end

--- JSON for use within an element of HTML: nothing in it can end the element.
function escape.json_in_html(text)
  return (text:gsub("<", "\\u003c"))
end

--- Text of Markdown, on one line: none of it is markup, nor ends a cell of a table.
function escape.markdown(text)
  return (escape.line(text):gsub("[\\`*_{}%[%]<>#|~&!]", "\\%0"))
end

--- A span of code of Markdown.
function escape.markdown_code(text)
  return "`" .. escape.line(text):gsub("`", "'") .. "`"
end

--- A line as a block of code of Markdown. Its fences are longer than any in the line.
function escape.markdown_block(line, language)
  local fence = "```"
  line = escape.line(line)
  for ticks in line:gmatch("`+") do if #ticks >= #fence then fence = ticks .. "`" end end
  return ("%s%s\n%s\n%s"):format(fence, language, line, fence)
end

--- The message of a workflow command of GitHub; it may have lines.
function escape.github(text)
  return (text:gsub("%%", "%%25"):gsub("\r", "%%0D"):gsub("\n", "%%0A"))
end

--- A property of one.
function escape.github_property(text)
  return (escape.github(text):gsub(":", "%%3A"):gsub(",", "%%2C"))
end

--- A word as a POSIX shell reads it.
function escape.shell(word)
  if word:find "^[%w_./:=+@%%-]+$" then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- The command that runs a case of a log again. invocation: as a log has it, quoted already.
function escape.repro(invocation, reference)
  return escape.line(("conv2d-cts repro %s %s"):format(invocation, escape.shell(reference)))
end

return escape
