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
    local left, words = line:gsub("^  %-%a, ", "  "):match("^  (%-%-%S+ ?%S*)%s*(.*)$")
    local last, continued = h.options[#h.options], line:match("^" .. (" "):rep(20) .. "%s*(%S.*)$")
    if left then
      h.options[#h.options + 1] = {name = left:match("^%S+"), value = left:match(" (%S+)$"), about = words}
    elseif last and continued then
      last.about = (last.about .. " " .. continued):gsub("^ ", "")
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
.B CONV2D_CTS_CACHE
the folder where chosen cases of sweeps are kept, so that another start need not choose them again; without a name
nothing is kept. Where it is not set: conv2d-cts in $XDG_CACHE_HOME or in ~/.cache
.TP
.B NO_COLOR
no colours on a terminal]])
end

-- ---- completion

-- "in out k", and a line of a shell's case for each key whose values are words.
local function id_keys()
  local keys, valued = {}, {}
  for _, k in ipairs(case.keys()) do
    if k.brief then
      keys[#keys + 1] = k.brief
      if #k.words > 0 then valued[#valued + 1] = ('    %s) words="%s" ;;'):format(k.brief, table.concat(k.words, " ")) end
    end
  end
  local dtypes, recipes = {}, {}
  for i, d in ipairs(cts.dtypes()) do dtypes[i] = d.name end
  for i, r in ipairs(cts.recipes()) do recipes[i] = r.name end
  valued[#valued + 1] = ('    data) words="%s" ;;'):format(table.concat(recipes, " "))
  valued[#valued + 1] = ('    dtype) words="%s" ;;'):format(table.concat(dtypes, " "))
  return table.concat(keys, " "), table.concat(valued, "\n")
end

local function print_completion()
  local names, cases = {}, {}
  local keys, valued_keys = id_keys()
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
# The keys of an id, and the values that are words. To bash ':' and '=' end a word, so only what follows them is completed.
_conv2d_cts_id () {
  local id=$1 last=${1##*[:,]} words= key word
  local begun=${id##*[:=]}
  if [ "${last%%=*}" = "$last" ]; then
    begun=${begun%%"$last"}
    for key in %s; do
      case $key in "$last"*) case ",${id#conv2d:}" in *",$key="*) ;; *) COMPREPLY+=("$begun$key=") ;; esac ;; esac
    done
  else
    case ${last%%%%=*} in
%s
    esac
    for word in $words; do
      case $word in "${last#*=}"*) COMPREPLY+=("$word") ;; esac
    done
  fi
  compopt -o nospace 2>/dev/null
}

_conv2d_cts () {
  local now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options= words=
  local typed=${COMP_LINE:0:$COMP_POINT}
  typed=${typed##* } typed=${typed#\'}
  COMPREPLY=()
  case $typed in conv2d:*) _conv2d_cts_id "$typed"; return ;; esac
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
complete -o filenames -F _conv2d_cts conv2d-cts]]):format(keys, valued_keys, table.concat(names, " "), table.concat(cases, "\n")))
end

if arg[1] == "man" then print_man() else print_completion() end
return 0
