#!/usr/bin/env lua5.4
-- errors.t: every mistake in a case file has its message, with file, line and column.

package.path = "tests/?.lua;tests/suite/?.lua;" .. package.path
local check_mistakes, tap = require "mistakes", require "tap"

local good = "about: x\nclauses: [PAD-1]\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\ncases:\n"

-- "float32, float64 or int64"
local names = {}
for name in tap.read("include/conv2d_dtypes.h"):gmatch "%f[%w]X%(([%w_]+)," do names[#names + 1] = name end
local dtypes = table.concat(names, ", ", 1, #names - 1) .. " or " .. names[#names]

-- {name, file, message after the file's name}
local mistakes = {
  {"empty file", "", ":1:1: the file is empty: a map is expected"},
  {"comment only", "# nothing\n", ":2:1: the file is empty: a map is expected"},
  {"a list", "- a\n", ":1:1: a case file is a map"},
  {"no cases", "about: x\n", ":1:1: cases, sweep or models: must be given"},
  {"no about", "cases: []\n", ":1:1: about: must be given"},
  {"empty case list", "about: x\ncases: []\n", ":2:8: cases: a list of at least one case is expected"},
  {"unknown key of a file", "about: x\ncase: []\n", ":2:1: one of about, clauses, tier, link, base, cases, sweep, models is expected, got 'case'"},
  {"unknown key of a case", good .. "  - {name: a, paddding: 1}\n", ":5:15: unknown key 'paddding'"},
  {"brief key", good .. "  - {name: a, p: 1}\n", ":5:15: unknown key 'p'"},
  {"no name", good .. "  - {padding: 1}\n", ":5:5: name: must be given"},
  {"bad name", good .. "  - {name: A b}\n", ":5:12: name: only a-z, 0-9, '.' and '-' may stand in it"},
  {"two cases of a name", good .. "  - {name: a}\n  - {name: a}\n", ":6:5: name: 'a' is the name of the case in line 5"},
  {"unknown clause", good .. "  - {name: a, rejects: PAD-99}\n", ":5:24: specs/conv2d.yaml has no clause 'PAD-99'"},
  {"a word for a number", good .. "  - {name: a, stride: two}\n", ":5:23: stride: an integer is expected, got 'two'"},
  {"a float for an integer", good .. "  - {name: a, stride: 1.0}\n", ":5:23: stride: an integer is expected, got '1.0'"},
  {"octal", good .. "  - {name: a, stride: 010}\n", ":5:23: stride: an integer is expected, got '010'"},
  {"hexadecimal integer", good .. "  - {name: a, stride: 0x10}\n", ":5:23: stride: an integer is expected, got '0x10'"},
  {"quoted integer", good .. "  - {name: a, stride: '1'}\n", ":5:23: stride: an integer is expected, got '1'"},
  {"64-bit overflow", good .. "  - {name: a, stride: 9223372036854775808}\n", ":5:23: stride: an integer is expected, got '9223372036854775808'"},
  {"a pair in one word", good .. "  - {name: a, stride: 1x2}\n", ":5:23: stride: an integer is expected, got '1x2'"},
  {"a list of 3", good .. "  - {name: a, padding: [1, 2, 3]}\n", ":5:24: padding: a list of 2 integers is expected, got 3"},
  {"a list for one value", good .. "  - {name: a, groups: [1, 1]}\n", ":5:23: groups: a single value is expected, got a list"},
  {"a map for a value", good .. "  - {name: a, groups: {a: 1}}\n", ":5:23: groups: a value is expected, got a map"},
  {"SAME in capitals", good .. "  - {name: a, padding: SAME}\n", ":5:24: padding: an integer is expected, got 'SAME'"},
  {"another word for padding", good .. "  - {name: a, padding: full}\n", ":5:24: padding: an integer, a pair of integers, `same` or `valid` is expected, got 'full'"},
  {"no for false", good .. "  - {name: a, bias: no}\n", ":5:21: bias: true or false is expected, got 'no'"},
  {"unknown dtype", good .. "  - {name: a, dtype: float8}\n", ":5:22: dtype: " .. dtypes .. " is expected, got 'float8'"},
  {"unknown recipe", good .. "  - {name: a, data: gauss}\n", ":5:21: data: up to three recipes joined by '+' (conv2d-cts show --keys lists them) is expected, got 'gauss'"},
  {"seven axes", good .. "  - {name: a, input: [1, 1, 1, 1, 1, 1, 1]}\n", ":5:22: input: a list of at most 6 integers is expected, got 7"},
  {"1e999 as a value", good .. "  - {name: a, values: {bias: [1e999]}}\n", ":5:31: a number is expected"},
  {"a word as a value", good .. "  - {name: a, values: {bias: [x]}}\n", ":5:31: a number is expected"},
  {"duplicate key", "about: x\nabout: y\n", ":2:1: 'about' is given twice; first in line 1"},
  {"anchor", "about: &a x\ncases: []\n", ":1:8: anchors and tags are not allowed"},
  {"alias", "about: x\ncases: *a\n", ":2:8: aliases are not allowed"},
  {"tag", "about: !!str x\ncases: []\n", ":1:8: anchors and tags are not allowed"},
  {"merge key with an alias", "about: x\nbase: {<<: *a}\n", ":2:12: aliases are not allowed"},
  {"NUL in a string", "about: \"a\\0b\"\n", ":1:8: a NUL byte is not allowed"},
  {"second document", "about: x\n---\nabout: y\n", ":2:1: a second document is not allowed"},
  {"a tab", "about:\n\t- x\n", ":2:1: not YAML: found character that cannot start any token, while scanning for the next token"},
  {"open bracket", "about: [x\n", ":2:1: not YAML: did not find expected ',' or ']', while parsing a flow sequence"},
  {"unknown tier", "about: x\ntier: slow\ncases: []\n", ":2:7: one of quick, full, exhaustive, models, large is expected, got 'slow'"},
  {"axis of nothing", "about: x\nsweep: {axes: {stride: []}}\n", ":2:24: stride: a list of 1 to 64 values is expected"},
  {"a second value that no case can have", "about: x\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\nsweep: {axes: {threads: [1, 0]}}\n", ":3:29: threads: a number from 1 to 64 is expected"},
  {"a second value without what the first gives", "about: x\nbase: {input: [1, 1, 4, 5], out_channels: 1}\nsweep: {axes: {taps: [{name: a, kernel_size: 3}, {name: b, stride: 2}]}}\n", ":3:50: kernel_size: must be given"},
  {"unknown axis", "about: x\nsweep: {axes: {strid: [1]}}\n", ":2:16: 'strid' is no key that an axis can set"},
  {"where with a syntax error", "about: x\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\nsweep: {axes: {stride: [1, 2]}, where: 'stride =< 1'}\n", ":3:40: where:1: <eof> expected near '='"},
  {"where that is no truth", "about: x\nbase: {input: [1, 1, 4, 5], out_channels: 1, kernel_size: 3}\nsweep: {axes: {stride: [1, 2]}, where: 'stride'}\n", ":3:40: where: must be true or false, got a number"},
  {"an error in the first case of several, after clauses of the file's", good .. "  - {name: a, paddding: 1}\n  - {name: b}\n  - {name: c}\n", ":5:15: unknown key 'paddding'"},
  {"an error in a case between others, after clauses of the file's", good .. "  - {name: a}\n  - {name: b, paddding: 1}\n  - {name: c}\n", ":6:15: unknown key 'paddding'"},
  {"an error in a case between others with clauses of their own", good .. "  - {name: a, clauses: [PAD-2]}\n  - {name: b, clauses: [PAD-3], rejects: PAD-4, padding: x}\n  - {name: c}\n", ":6:58: padding: an integer, a pair of integers, `same` or `valid` is expected, got 'x'"},
  {"an error behind the values of a case", good .. "  - {name: a, values: {bias: [1, 2, 3]}, stride: two}\n  - {name: b}\n", ":5:50: stride: an integer is expected, got 'two'"},
  {"a case that is no map before others", good .. "  - a\n  - {name: b}\n", ":5:5: a case is a map"},
  {"a bad base behind clauses", "about: x\nclauses: [PAD-1]\nbase: [1]\ncases:\n  - {name: a}\n", ":3:7: base: a map is expected"},
  {"a bad link behind clauses", "about: x\nclauses: [PAD-1, PAD-2]\nlink: []\ncases:\n  - {name: a}\n", ":3:7: a text is expected"},
  {"a bad sweep behind cases", good .. "  - {name: a, clauses: [PAD-2]}\nsweep: {axes: {strid: [1]}}\n", ":6:16: 'strid' is no key that an axis can set"},
  {"budget of nothing", "about: x\nsweep: {axes: {stride: [1, 2]}, budget: 0}\n", ":2:41: budget: a positive number is expected"},
  {"budget without a first tier", "about: x\nsweep: {axes: {stride: [1, 2]}, budget: {full: 5}}\n", ":2:41: budget: must be given for the first tier, too"},
  {"no threads", good .. "  - {name: a, threads: 0}\n", ":5:5: threads: a number from 1 to 64 is expected"},
  {"strength past the axes", "about: x\nsweep: {axes: {stride: [1, 2]}, strength: 2}\n", ":2:43: strength: "},
}

check_mistakes(mistakes, "run --impl " .. tap.sample, tap.folder() .. "/case.yaml")

tap.done()
