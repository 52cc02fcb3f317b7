#!/usr/bin/env lua5.4
-- how-to.t: what the pages of docs/how-to show is what happens. Each page is walked from its top in a fresh folder:
-- code that a comment gives a file's name is written to that file, and every command of a console block is run.
--   <!-- file: NAME -->        the code block below is the file NAME
--   <!-- needs: PROGRAM -->    what follows is walked only where PROGRAM is there; python:MODULE names a module, pkg:LIBRARY a library
--   <!-- anywhere: -->         what follows needs none of that
--   <!-- setup: COMMAND -->    a command that the page does not show
-- A line '...' of the output that is shown stands for any lines, '...' in a line for any characters of it.
-- CONV2D_HOWTO_PATH names folders where programs are looked for first (default /usr/bin).

package.path = "tests/?.lua;tests/how-to/?.lua;" .. package.path
local page = require "page"
local tap = require "tap"

local _, here = tap.shell("pwd")
here = here:gsub("\n", "")
local build = (tap.program:find("^/") and tap.program or here .. "/" .. tap.program):match("^(.*)/")

-- The shell command in a page's folder, with the program on the PATH and no trace of the make that runs the tests.
local function command_in(folder, command)
  return ("cd '%s' && unset MAKEFLAGS MFLAGS MAKELEVEL && export CLONE='%s' PATH='%s':\"%s:$PATH\"\n%s"):format(folder, here, build,
    os.getenv "CONV2D_HOWTO_PATH" or "/usr/bin", command)
end

-- nil, or why what is needed is not here.
local function lacking(folder, need)
  local module = need:match("^python:(.*)$")
  local library = need:match("^pkg:(.*)$")
  local file = need:match("^file:(.*)$")
  local probe = file and ("test -e '%s'"):format(file) or module and ("python3 -c 'import %s'"):format(module) or library and "pkg-config --exists " .. library
    or ("command -v '%s'"):format(need)
  if tap.shell(command_in(folder, probe)) ~= 0 then
    return (need:gsub("^file:", ""):gsub("^python:", "Python module "):gsub("^pkg:", "library ")) .. " is not here"
  end
  return nil
end

-- One step of a page; true if the page can go on.
local function walk(name, folder, step)
  if step.file then
    tap.shell(("cd '%s' && mkdir -p \"$(dirname '%s')\""):format(folder, step.file))
    tap.write(folder .. "/" .. step.file, step.text)
    return true
  end
  if step.setup then return tap.is(tap.shell(command_in(folder, step.setup)), 0, name .. ": set up") end
  local status, out, err = tap.shell(command_in(folder, step.command))
  local good, why = page.matches(step.output, out .. err)
  tap.ok(good, ("%s: %s"):format(name, step.command))
  if good then return true end
  print(("#   status %d; %s\n#   printed:\n#   %s"):format(status, why, ((out .. err):gsub("\n", "\n#   "))))
  return false
end

local _, listing = tap.shell("ls docs/how-to/*.md")
local only = arg[1]
for path in listing:gmatch("[^\n]+") do
  local name = path:match("([^/]*)%.md$")
  if not only or only == name then
    local folder, missing, broken, steps = tap.folder(), nil, false, page.steps(tap.read(path))
    for _, step in ipairs(steps) do
      if step.needs then
        missing = missing or lacking(folder, step.needs)
      elseif step.anywhere then
        missing = nil
      elseif missing or broken then
        if step.command then tap.skip(("%s: %s"):format(name, step.command), missing or "a step before it failed") end
      else
        broken = not walk(name, folder, step)
      end
    end
    tap.ok(#steps > 0 and not broken, ("%s: none of %d steps is broken"):format(name, #steps))
  end
end

-- ---- that this test can fail

tap.ok(page.matches("a\n...\nd\n", "a\nb\nc\nd\n"), "'...' stands for lines")
tap.ok(page.matches("x in ... s\n", "x in 1.5 s\n"), "and within a line")
tap.ok(not page.matches("a\n...\nd\n", "a\nb\nc\n"), "caught: a last line that is missing")
tap.ok(not page.matches("a\n", "a\nb\n"), "caught: a line too many")
tap.ok(not page.matches("...\nb\n", "a\nc\n"), "caught: another line")
local steps = page.steps("<!-- file: k.c -->\n```c\nint x;\n```\n<!-- needs: gcc -->\n```console\n$ echo \\\n  a\na\n$ true\n```\n")
tap.is(#steps, 4, "a page has its steps")
tap.is(steps[1].file .. steps[1].text .. steps[2].needs .. steps[3].command .. steps[3].output .. steps[4].command,
  "k.cint x;\ngccecho \\\n  aa\ntrue", "in their order")

tap.done()
