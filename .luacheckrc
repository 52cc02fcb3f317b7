-- Lua scripts here run in conv2d-cts, which defines these tables (runner/API.md).
std = "lua54"
max_line_length = 140
read_globals = {"cts", "case", "suite", "subject", "tensor", "oracle", "sums", "json", "onnx", "xml", "tap"}
files["runner/lua/commands"] = {globals = {"arg"}}
files["runner/lua/scripting/conv2d.lua"] = {globals = {"cts", "case", "suite", "subject", "tensor", "oracle", "sums", "json", "onnx", "xml", "tap"}}

-- Tests are tables of commands and texts, and ask for a part of what a command gives.
files["tests"] = {max_line_length = false, globals = {"_"}, ignore = {"311", "331", "421"}}
