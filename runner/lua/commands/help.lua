-- help: what the commands are.

local commands = {
  {"run", "test an implementation: does it conform?"},
  {"new", "the beginning of an adapter for your implementation"},
  {"list", "which cases there are"},
  {"import", "a case file of the convolutions of an ONNX model, a log, a script"},
  {"show", "what a case is, and what is expected of it"},
  {"repro", "run one case and show all of it"},
  {"explain", "which mistake makes a case fail"},
  {"shrink", "the smallest case that still fails in the same way"},
  {"probe", "how an implementation computes: its numerical fingerprint"},
  {"reveal", "in which order it adds, and in which arithmetic, confirmed bit for bit"},
  {"twin", "how many of its answers its own order of additions predicts, bit for bit"},
  {"hunt", "look for failing cases over all parameters and sizes, for as long as there is time"},
  {"map", "at which sizes it switches to another way of summing"},
  {"invariances", "whether an image's bits depend on its batch, neighbours, layout, threads"},
  {"lua", "run a script of your own (runner/API.md)"},
  {"matrix", "several implementations side by side, clause by clause"},
  {"oracle", "the right answer for tensors in .npy files"},
  {"coverage", "what the suite covers: combinations of values, clauses"},
  {"merge", "the logs of shards as the log of the whole run, proved complete"},
  {"report", "result logs as HTML, JUnit, Markdown, TAP"},
  {"diff", "what changed from one result log to another"},
  {"site", "published results of many subjects as a static site"},
  {"history", "many runs of one subject over versions or days, as one page"},
  {"version", "the version of the suite"},
}

-- `help COMMAND` is `COMMAND --help`.
for _, c in ipairs(commands) do
  if c[1] == arg[1] then
    arg = {"--help"}
    return dofile(("%s/runner/lua/commands/%s.lua"):format(cts.root, c[1]))
  end
end

if arg[1] and arg[1] ~= "--help" and arg[1] ~= "-h" then cts.fail(2, ("help: no command is called '%s'"):format(arg[1])) end
print [[
usage: conv2d-cts COMMAND [OPTION ...]

A conformance test suite and exact oracle for two-dimensional convolution
with the semantics of torch.nn.Conv2d.
]]
for _, c in ipairs(commands) do print(("  %-10s %s"):format(c[1], c[2])) end
print [[

conv2d-cts COMMAND --help says more about each. All take --progress auto|json|none: how far they are, on standard error
(auto: if that is a terminal).]]
return 0
