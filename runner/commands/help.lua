-- help: what the commands are.

local commands = {
  {"run", "test an implementation: does it conform?"},
  {"list", "which cases there are"},
  {"show", "what a case is, and what is expected of it"},
  {"repro", "run one case and show all of it"},
  {"matrix", "several implementations side by side, clause by clause"},
  {"coverage", "what the suite covers: combinations of values, clauses"},
  {"report", "result logs as HTML, JUnit, Markdown, TAP"},
  {"diff", "what changed from one result log to another"},
  {"version", "of the suite"},
}

print [[
usage: conv2d-cts COMMAND [OPTION ...]

A conformance test suite and exact oracle for two-dimensional convolution
with the semantics of torch.nn.Conv2d.
]]
for _, c in ipairs(commands) do print(("  %-10s %s"):format(c[1], c[2])) end
print "\nconv2d-cts COMMAND --help says more of each."
return 0
