-- manual.lua: the man page and the bash completion, from what the commands say with --help.
-- conv2d-cts lua install/manual.lua man|completion PROGRAM

local program = arg[2]

local function read(command)
  local pipe = assert(io.popen(program .. " " .. command))
  local text = pipe:read("a")
  assert(pipe:close(), command .. " failed")
  return text
end

-- {{name =, about =}} as `help` lists them.
local function read_commands()
  local list = {}
  for name, about in read("help"):gmatch("\n  (%l[%l-]*)%s+([^\n]+)") do list[#list + 1] = {name = name, about = about} end
  return list
end

-- {usage =, about =, options = {{name =, value =, about =}}, more =} of a command's --help.
local function read_help(name)
  local text = read(name .. " --help")
  local usage, rest = text:match("^usage: ([^\n]*)\n\n(.*)$")
  if not usage then return {usage = "conv2d-cts " .. name, about = "", options = {}, more = ""} end
  local h = {usage = usage, options = {}}
  local about, more = {}, {}
  for line in rest:gmatch("([^\n]*)\n") do
    local left, words = line:gsub("^  %-%a, ", "  "):match("^  (%-%-%S+ ?[^ ]*)%s+(.*)$")
    if left then
      h.options[#h.options + 1] = {name = left:match("^%S+"), value = left:match(" (%S+)$"), about = words}
    else
      table.insert(#h.options == 0 and about or more, line)
    end
  end
  h.about, h.more = table.concat(about, "\n"), table.concat(more, "\n")
  return h
end

-- ---- man

-- What troff would read as its own.
local function troff(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("\n%.", "\n\\&."):gsub("\n'", "\n\\&'"):gsub("^%s+", ""):gsub("%s+$", ""))
end

local function print_command(c)
  local h = read_help(c.name)
  print((".SS %s\n.B %s\n.PP\n%s"):format(c.name, troff(h.usage), troff(h.about ~= "" and h.about or c.about)))
  for _, o in ipairs(h.options) do
    print((".TP\n.B %s%s\n%s"):format(troff(o.name), o.value and " \\fI" .. troff(o.value) .. "\\fR" or "", troff(o.about)))
  end
  if h.more:match("%S") then print(".PP\n" .. troff(h.more)) end
end

local function print_man()
  print((".TH CONV2D\\-CTS 1 \"\" \"conv2d\\-cts %s\""):format(cts.version))
  print([[
.SH NAME
conv2d\-cts \- conformance test suite and exact oracle for torch.nn.Conv2d
.SH SYNOPSIS
.B conv2d\-cts
.I COMMAND
[\fIOPTION\fR ...]
.SH DESCRIPTION
Tests whether an implementation of two\-dimensional convolution computes what torch.nn.Conv2d computes, and says
exactly what is wrong where it does not. An implementation is a shared object that defines one symbol
(conv2d_abi.h), or a process that speaks a protocol on its standard input and output.
.SH COMMANDS]])
  for _, c in ipairs(read_commands()) do print_command(c) end
  print([[
.SH EXIT STATUS
0: the implementation conforms; 1: it does not; 2: bad usage or case file; 3: the harness itself failed; 4: nothing ran.
.SH ENVIRONMENT
.TP
.B CONV2D_CTS_ROOT
the folder with specs/, cases/, runner/ and reports/, where it is not beside the program
.TP
.B NO_COLOR
no colours on a terminal]])
end

-- ---- completion

local function print_completion()
  local names, cases = {}, {}
  for i, c in ipairs(read_commands()) do
    local options, valued = {"--help"}, {}
    for _, o in ipairs(read_help(c.name).options) do
      options[#options + 1] = o.name
      if o.value and o.value:match("|") then
        valued[#valued + 1] = ('      %s) words="%s" ;;'):format(o.name, o.value:gsub("|", " "))
      end
    end
    names[i] = c.name
    cases[i] = ("    %s)\n      case $before in\n%s\n      *) options=\"%s\" ;;\n      esac ;;"):format(
      c.name, table.concat(valued, "\n"), table.concat(options, " "))
  end
  print(([[
# bash completion of conv2d-cts, made from its --help
_conv2d_cts () {
  local now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options= words=
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "%s" -- "$now"))
    return
  fi
  case ${COMP_WORDS[1]} in
%s
  esac
  case $now in
    -*) COMPREPLY=($(compgen -W "$options" -- "$now")) ;;
    *) if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$now")); else COMPREPLY=($(compgen -f -- "$now")); fi ;;
  esac
}
complete -o filenames -F _conv2d_cts conv2d-cts]]):format(table.concat(names, " "), table.concat(cases, "\n")))
end

if arg[1] == "man" then print_man() else print_completion() end
return 0
