-- api.lua: every table of the API, as a script uses it; run by api.t.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local function fails(text, f, ...)
  local good, message = pcall(f, ...)
  tap.ok(not good, "fails: " .. text)
  tap.has(tostring(message), text, "says: " .. text)
end

-- ---- cases

local c = case.new {input = {1, 2, 5, 7}, out_channels = 4, kernel_size = {3, 2}, padding = 1}
tap.is(tostring(c), "conv2d:in=1x2x5x7,out=4,k=3x2,p=1", "a case built in code has its id")
tap.is(c:with({stride = {2, 1}}).id, "conv2d:in=1x2x5x7,out=4,k=3x2,s=2x1,p=1", "with changes one key")
tap.is(c:with({input = {2, 6, 4, 4}, groups = 2}).in_channels, 6, "in_channels follow the input")
tap.is(c.stride[1], 1, "the original is as it was")
tap.is(c:expect().output_shape[3], 5, "the shape of the output")
tap.is(c:with({groups = 3}):expect().clause, "VALID-2", "an invalid case names its clause")
tap.is(#c.clauses, 0, "and no clauses")
local _, is_exact = c:tensors()
tap.is(is_exact, true, "sums of small integers are exact")
_, is_exact = c:with({data = "uniform"}):tensors()
tap.is(is_exact, false, "sums of fractions are not")
tap.ok(suite.load("cases/forward.yaml"):count() > 10, "a suite needs no options")
fails("unknown key 'out_chanels'", case.new, {input = {1, 2, 3, 4}, out_chanels = 4, kernel_size = 3})
fails("stride: a list of 2 integers is expected, got 3", c.with, c, {stride = {1, 2, 3}})
fails("stride: an integer", c.with, c, {stride = "two"})
fails("kernel_size: must be given", case.new, {input = {1, 2, 3, 4}, out_channels = 4})
fails("as many numbers as the tensor has elements are expected, 70", c.with, c, {values = {input = {1, 2, 3}}})
fails("no clause 'PAD-99'", c.with, c, {rejects = "PAD-99"})
local own = c:with {values = {input = function(_, k, h, w) return 100 * k + 10 * h + w end}}
tap.is(own:tensors().input:at(0, 1, 4, 6), 146, "a function of the indices fills the input")
tap.is(own:with({seed = 1}).values.input[1], 0, "values are inherited")
tap.is(own:with({input = {1, 2, 5, 6}}).values, nil, "but not where the shape changes")
tap.has(own.reference, "api.lua#", "a case with own values is named by its place")

-- ---- tensors

local t = tensor.new({2, 3}, "float32", {1, 2, 3, 4, 5, 6})
tap.is(table.concat(t:flip(-1):totable(), " "), "3.0 2.0 1.0 6.0 5.0 4.0", "flip")
tap.is(table.concat(t:slice(2, 0, 2, 2):totable(), " "), "1.0 3.0 4.0 6.0", "slice with a step")
tap.is(table.concat(t:permute(2, 1):totable(), " "), "1.0 4.0 2.0 5.0 3.0 6.0", "permute")
tap.is(table.concat(t:pad(2, 1, 0, 9):totable(), " "), "9.0 1.0 2.0 3.0 9.0 4.0 5.0 6.0", "pad")
tap.is(table.concat(t:stretch(1, 2):totable(), " "), "1.0 2.0 3.0 0.0 0.0 0.0 4.0 5.0 6.0", "stretch")
tap.is(table.concat(tensor.cat(2, {t, t:slice(2, 0, 1)}):totable(), " "), "1.0 2.0 3.0 1.0 4.0 5.0 6.0 4.0", "cat")
tap.ok((t + t * 2 - t):equal(2 * t), "arithmetic")
tap.ok((-t):map(math.abs):equal(t), "negation and map")
tap.is(t:dot(t), 91.0, "dot")
tap.is((t - 4):max_abs(), 3.0, "max_abs")
tap.is((t * 100):astype("int8")[3], 44, "integers wrap")

-- ---- complex tensors: numbers in pairs

local z = tensor.new({1, 1, 2, 2}, "complex64", {1, 2, 3, 4, 5, 6, 7, 8})
local re, im = z:at(0, 0, 1, 0)
tap.is(re .. " " .. im, "5.0 6.0", "an element of a complex tensor is two numbers")
tap.is(("%d %d"):format(#z, z.count), "8 4", "of which # counts each, and count both as one")
tap.is(tostring(z:parts()), "tensor[1, 1, 2, 2, 2] float32", "parts are an axis more")
tap.is(table.concat(z:permute(1, 2, 4, 3):totable(), " "), "1.0 2.0 5.0 6.0 3.0 4.0 7.0 8.0", "both move together")
tap.is(table.concat(z:slice(3, 1, 1):pad(4, 1, 0):totable(), " "), "0.0 0.0 5.0 6.0 7.0 8.0", "padded, too")
tap.is(table.concat((z + z - z * 2):totable(), " "), ("0.0 "):rep(8):sub(1, -2), "sums, and multiples")
fails("gives the numbers of a complex tensor", function() return z * z end)
fails("gives the numbers of a complex tensor", function() return z + 1 end)
fails("gives the numbers of a complex tensor", z.astype, z, "float32")
tap.is(table.concat(tensor.new({1}, "float32", {3}):astype("complex128"):totable(), " "), "3.0 0.0", "from real ones")
z:put(9, -9, 0, 0, 0, 1)
tap.is(z[3] + z[4], 0.0, "put")
local turned, known = oracle.forward({}, z, tensor.new({1, 1, 1, 1}, "complex64", {0, 1}))
tap.is(("%g%+gi"):format(turned:at(0, 0, 0, 1)), "9+9i", "times i")
tap.is(known.scale[3], 18.0, "S is of both parts")
tap.ok(oracle.bound(turned, known)[3] > 0, "and makes a bound of each")
local kept = os.tmpname()
z:save(kept)
tap.ok(tensor.load(kept):equal(z), "npy")
os.remove(kept)
local given = case.new {input = {1, 1, 1}, out_channels = 1, kernel_size = 1, dtype = "complex64", bias = false,
  values = {input = function() return 2, 3 end, weight = {{5, 7}}}}
tap.is(table.concat(given:tensors().output.want:totable(), " "), "-11.0 29.0", "literal values have both parts")
tap.ok(not t:equal(t:reshape {3, 2}), "equal looks at the shape")
fails("the shapes differ", function() return t + t:reshape {3, 2} end)
fails("axis 3 of a tensor of 2 axes", t.flip, t, 3)
fails("slice: elements 2 to 4", t.slice, t, 2, 2, 3)

-- ---- the oracle on the script's own tensors

local x = tensor.new({1, 1, 3, 3}, "float32", {1, 2, 3, 4, 5, 6, 7, 8, 9})
local w = tensor.new({1, 1, 2, 2}, "float32", {1, 0, 0, -1})
local y, detail = oracle.forward({}, x, w)
tap.is(table.concat(y:totable(), " "), "-4.0 -4.0 -4.0 -4.0", "oracle.forward")
tap.is(detail.scale[1], 6.0, "S is the sum of absolute products")
tap.is(detail.terms[1], 4, "of four terms")
tap.is(oracle.forward({padding = 1}, x, w).shape[3], 4, "parameters as a table")
tap.is(oracle.check({stride = 0}, x, w), nil, "oracle.check of an invalid call")
tap.is(select(2, oracle.check({stride = 0}, x, w)), "VALID-8", "names the clause")
fails("the call is invalid: VALID-8", oracle.forward, {stride = 0}, x, w)
local g = oracle.backward({}, x, w, y)
tap.is(g.grad_weight:dot(w), y:dot(y), "oracle.backward is the adjoint")
tap.is(g.grad_bias[1], y:sum(), "with the bias' gradient")
tap.is(oracle.judge(y, detail, 0).mismatches, 0, "the oracle's own answer has no error")
local off = oracle.judge(y + 2.0 ^ -20, detail, 1)
tap.is(off.mismatches, 4, "another answer is beyond the bound")
tap.is(off.max_error, 2.0 ^ -20 / (6 * 2.0 ^ -24), "in units of u * S")

-- ---- subjects

local impl = subject.open {path = "build/adapters/naive.so"}
local tensors, result = impl:call(c, {input = x:pad(3, 0, 2):pad(4, 0, 4):reshape({1, 1, 5, 7}):pad(2, 0, 1)})
tap.is(result.verdict, "pass", "a call on own tensors is judged too")
tap.is(tensors.output.shape[2], 4, "and gives its output")
tap.is(result.output_shape[4], 8, "and the shape that the subject named")
local seen = {}
local summary = impl:run({c, c:with {stride = 2}, c:with {groups = 3}}, {
  all = true, jobs = 1, each = function(r) seen[#seen + 1] = r.case.id .. " " .. r.class end})
tap.is(summary.cases, 3, "a list of cases runs")
tap.is(seen[2], "conv2d:in=1x2x5x7,out=4,k=3x2,s=2,p=1 passed", "in order, with its case")
local wrong = subject.open {path = "build/mutants/bias-twice.so"}
summary = wrong:run({c, c:with {bias = false}}, {verdict = function(r)
  if r.class == "failed" then return "pass", "known" end
end})
tap.is(summary.passed, 2, "a script may overrule the judge")
tap.is(wrong:run({c}).failed, 1, "who else fails it")
fails("no verdict is called 'fine'", wrong.run, wrong, {c}, {verdict = function() return "fine" end})
fails("in a callback", wrong.run, wrong, {c}, {each = function() error "in a callback" end})
tap.is(wrong:run({c}).failed, 1, "and the subject is well after errors of callbacks")

-- ---- files

local folder = tap.folder()
t:save(folder .. "/t.npy")
tap.ok(tensor.load(folder .. "/t.npy"):equal(t), "a .npy file there and back")
tap.write(folder .. "/bad.npy", "no array")
fails("bad.npy", tensor.load, folder .. "/bad.npy")

-- ---- json and xml

tap.is(json.encode {b = {1, 2.5}, a = json.list {}, c = 0 / 0 ~= 0}, '{"a":[],"b":[1,2.5],"c":true}', "json.encode, keys in order")
tap.is(json.encode {1 / 0, -1 / 0}, '["inf","-inf"]', "what JSON can't hold is a string")
tap.is(json.decode('{"a":[1,{"b":null}]}').a[1], 1, "json.decode")
tap.is(json.decode "{", nil, "of what is no JSON is nil")
tap.has(select(2, json.decode "{"), "column", "and where it goes wrong")
fails("a value that JSON can't hold", json.encode, print)
local document = xml.new():start("suite", "name", "a<b", "left", nil, "n", 2):start("case"):text("1 & 2\0"):finish():result()
tap.has(document, '<suite name="a&lt;b" n="2">', "xml escapes attributes, and leaves out nil")
tap.has(document, "<case>1 &amp; 2</case>", "and text, without what XML can't hold")
tap.has(document, "</suite>", "and ends what is open")


-- ---- what contracts state

local says = cts.numerics("tf32; float16: accumulator=float16, store=bfloat16, store-every=64; bfloat16: operands=8, operands-cut, flush")
tap.is(says.float32.operands, 11, "a preset states what it means")
tap.is(says.float32.splits, nil, "and nothing else")
tap.is(says.float64, nil, "nor anything of another dtype")
tap.is(says.float16.store .. says.float16.store_every .. says.float16.accumulator, "bfloat1664float16", "dtypes by name, numbers as such")
tap.ok(says.bfloat16.operands_cut == true and says.bfloat16.flush == true and says.bfloat16.saturate == nil, "and flags")
fails("numerics: 'tf33' is not known", cts.numerics, "tf33")
tap.done()
