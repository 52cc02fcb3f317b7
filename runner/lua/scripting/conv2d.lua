---@meta
-- conv2d.lua: the types of the Lua API for editors (lua-language-server); runner/API.md explains them.
-- Nothing here runs: the program defines all of it, and tests/lua/documented.t compares the two.

---@class Tensor
---@field shape integer[]
---@field dtype string
---@operator add(Tensor|number): Tensor
---@operator sub(Tensor|number): Tensor
---@operator mul(Tensor|number): Tensor
---@operator unm: Tensor
---@operator len: integer
---@field [integer] number
---@field count integer elements; # counts numbers, of which a complex element has two
---@field at fun(self: Tensor, ...: integer): number, number?
---@field put fun(self: Tensor, value: number, ...: number)
---@field parts fun(self: Tensor): Tensor
---@field save fun(self: Tensor, path: string)
---@field totable fun(self: Tensor): number[]
---@field map fun(self: Tensor, f: fun(value: number, element: integer): number): Tensor
---@field slice fun(self: Tensor, axis: integer, first: integer, count: integer, step?: integer): Tensor
---@field flip fun(self: Tensor, axis: integer): Tensor
---@field permute fun(self: Tensor, ...: integer): Tensor
---@field reshape fun(self: Tensor, shape: integer[]): Tensor
---@field pad fun(self: Tensor, axis: integer, before: integer, after: integer, value?: number): Tensor
---@field stretch fun(self: Tensor, axis: integer, step: integer): Tensor
---@field astype fun(self: Tensor, dtype: string): Tensor
---@field equal fun(self: Tensor, other: Tensor): boolean
---@field sum fun(self: Tensor): number
---@field dot fun(self: Tensor, other: Tensor): number
---@field max_abs fun(self: Tensor): number

---@alias Values Tensor | table | fun(...: integer): number

---@class Keys what case.new and with take
---@field input? integer[]
---@field in_channels? integer
---@field out_channels? integer
---@field kernel_size? integer|integer[]
---@field stride? integer|integer[]
---@field padding? integer|integer[]|"same"|"valid"
---@field dilation? integer|integer[]
---@field groups? integer
---@field bias? boolean
---@field padding_mode? "zeros"|"reflect"|"replicate"|"circular"
---@field dtype? string
---@field layout? "nchw"|"nhwc"|"gaps"|"reversed"|"broadcast"|"odd"|"slice"|"nhwc-slice"|"mixed"|"crossed"
---@field data? string
---@field seed? integer
---@field threads? integer
---@field direction? "forward"|"backward"|"init"|"shape"
---@field gradients? "all"|"input"|"weight"|"bias"|"input-weight"|"input-bias"|"weight-bias"
---@field offered_shape? integer[]
---@field offered_dtype? string
---@field result_dtype? string
---@field name? string
---@field clauses? string[]
---@field rejects? string
---@field values? table<"input"|"weight"|"bias"|"grad_output", Values>|false

---@class Expectation
---@field status "ok"|"invalid"
---@field clause? string
---@field class "must"|"free"|"quirk"
---@field output_shape? integer[]
---@field defect? string

---@class Case: Keys
---@field id string
---@field label string
---@field reference string
---@field file? string
---@field line integer
---@field tier? string
---@field link? string
---@field networks string[]
---@field with fun(self: Case, keys: Keys): Case
---@field expect fun(self: Case): Expectation
---@field tensors fun(self: Case): table<string, Tensor|Detail>, boolean
---@field operands fun(self: Case): table<string, Tensor>
---@field place fun(self: Case, name: string, shape: integer[]): {strides: integer[], origin: integer, bytes: integer}

---@class Result
---@field verdict string
---@field class "passed"|"skipped"|"failed"|"broken"|"expected"
---@field expected? string
---@field words string
---@field clause? string
---@field case Case
---@field outputs integer
---@field mismatches integer
---@field first? string
---@field got? number
---@field want? number
---@field error? number
---@field allowed? number
---@field max_error number
---@field rms_error number
---@field mean_error number
---@field nanoseconds integer
---@field printed? string
---@field frames? string
---@field fields string[][]
---@field tensors? table<string, Tensor>
---@field output_shape? integer[]

---@class Summary
---@field cases integer
---@field passed integer
---@field skipped integer
---@field failed integer
---@field broken integer
---@field expected integer
---@field stale string[]
---@field outputs integer
---@field max_error number
---@field seconds number
---@field interrupted boolean
---@field verdicts table<string, integer>
---@field clauses table<string, table<string, integer>>

---@class RunOptions
---@field jobs? integer
---@field tap? boolean
---@field slices? boolean
---@field log? string
---@field resume? boolean
---@field resume_elsewhere? boolean
---@field resume_changed? boolean
---@field arguments? string[]
---@field controls? Case[]
---@field xfail? string
---@field selection? string
---@field total? integer
---@field seconds? number
---@field total_limit? number
---@field portion? integer
---@field all? boolean
---@field each? fun(result: Result)
---@field before? fun(c: Case)
---@field verdict? fun(result: Result): string?, string?

---@class Hook what the script of `run --hook` returns
---@field before? fun(c: Case)
---@field verdict? fun(result: Result): string?, string?
---@field after? fun(result: Result)
---@field finish? fun(summary: Summary): integer?

---@class Detail of each element of a right answer
---@field want? Tensor
---@field exact Tensor
---@field scale Tensor
---@field terms Tensor

---@class Subject
---@field name string
---@field version string
---@field description string
---@field url string
---@field claims integer
---@field invocation string
---@field loading string
---@field own string[]
---@field threads integer
---@field environment string
---@field numerics string the numeric contracts that it is judged by
---@field device string where its tensors are: "cpu:0", "cuda:0"
---@field test fun(self: Subject, c: Case): Result
---@field call fun(self: Subject, c: Case, values: table<string, Values>): table<string, Tensor>, Result
---@field ask fun(self: Subject, c: Case, values: table<string, Values>): table<string, Tensor>, Result
---@field run fun(self: Subject, cases: Suite|Case[]|(fun(): Case?), options?: RunOptions): Summary

---@class Suite
---@field cases fun(self: Suite): fun(): Case?
---@field count fun(self: Suite): integer
---@field hash fun(self: Suite): string, integer
---@field find fun(self: Suite, label: string): Case?
---@field coverage fun(self: Suite, t: integer): table[]
---@field networks fun(self: Suite): table<string, integer>
---@field within fun(self: Suite, subject: Subject)
---@field offered fun(self: Suite): table[]
---@field controls fun(self: Suite): Case[]
---@field swept fun(self: Suite): boolean
---@field files fun(self: Suite): string[]

---@class Findings
---@field mismatches integer
---@field first? integer
---@field max_error number
---@field rms_error number
---@field mean_error number

---@class CaseTable
---@field new fun(keys: Keys): Case
---@field parse fun(id: string): Case
---@field keys fun(): table[]
case = {}

---@class LoadOptions
---@field tier? string
---@field shard? string
---@field network? string
---@field fresh? integer
---@field filter? fun(c: Case): any
---@field filter_keys? string[] keys of a case: all that `filter` reads of it

---@class SuiteTable
---@field load fun(paths: string|string[], options?: LoadOptions): Suite
suite = {}

---@class SubjectOptions
---@field path? string
---@field command? string
---@field isolation? "batch"|"case"|"none"
---@field time_limit? number
---@field load_limit? number
---@field memory_limit? number
---@field subject_threads? integer
---@field heap_fill? integer
---@field numerics? string
---@field threads? integer
---@field paranoid? boolean
---@field valgrind? boolean
---@field asan? boolean
---@field sanitizer? "none"|"compute"|"compute:memcheck"|"compute:racecheck"|"compute:initcheck"|"compute:synccheck"
---@field strict? boolean
---@field device? string
---@field xfail? string failures that `test` gives the class `expected`

---@class SubjectTable
---@field open fun(options: SubjectOptions): Subject
subject = {}

---@class TensorTable
---@field new fun(shape: integer[], dtype?: string, values?: table|function): Tensor
---@field load fun(path: string): Tensor
---@field cat fun(axis: integer, list: Tensor[]): Tensor
tensor = {}

---@class SumsProgram
---@field steps integer[]
---@field rounding? "to even"|"ties away"|"toward zero"
---@field result_rounding? "to even"|"ties away"|"toward zero"
---@field extra? integer
---@field operand_bits? integer

---@class Sums
---@field elements integer
---@field leaves integer
---@field extent integer[]
---@field shape integer[]
---@field varied string
---@field fixed? string
---@field inside fun(self: Sums, element: integer): integer[]
---@field at fun(self: Sums, element: integer, leaf: integer): integer
---@field other fun(self: Sums, element: integer, leaf: integer): integer?
---@field evaluate fun(self: Sums, program: SumsProgram, values: table<string, Tensor>, from?: integer, count?: integer): Tensor

---@class SumsTable
---@field of fun(c: Case, result: string): Sums?, string?
---@field kinds fun(): table<string, integer>
---@field formats fun(): table<string, integer>
---@field differing fun(a: Tensor, b: Tensor, from?: integer): integer[]
sums = {}

---@class OracleTable
---@field check fun(params: Case|Keys, input: Tensor, weight: Tensor, bias?: Tensor): integer[]?, string?
---@field forward fun(params: Case|Keys, input: Tensor, weight: Tensor, bias?: Tensor): Tensor, Detail
---@field backward fun(params: Case|Keys, input: Tensor, weight: Tensor, grad_output: Tensor): table<string, Tensor>, table<string, Detail>
---@field bound fun(got: Tensor, detail: Detail): Tensor
---@field judge fun(got: Tensor, detail: Detail, bound: number, unit?: number): Findings
---@field taps fun(maps: table, input: Tensor, weight: Tensor): Tensor
---@field taps_backward fun(maps: table, input: Tensor, weight: Tensor, grad_output: Tensor): Tensor, Tensor
oracle = {}

---@class CtsTable
---@field root string
---@field program string
---@field version string
---@field clauses fun(): table[]
---@field presets fun(): table[]
---@field numerics fun(text: string): table
---@field recipes fun(): table[]
---@field verdicts fun(): table[]
---@field dtypes fun(): table[]
---@field padding_modes fun(): table[]
---@field bits fun(dtype: string, value: number): integer
---@field machine fun(): string
---@field isatty fun(stream: "stdout"|"stderr"): boolean
---@field now fun(): number
---@field processor fun(): number, number
---@field limit fun(seconds: number)
---@field doing fun(text?: string)
---@field progress fun(done: integer, total?: integer, failed?: integer)
---@field open fun(path: string, mode: "r"|"w"): file*?, string?, integer?
---@field exists fun(path: string): boolean
---@field same_file fun(path: string, other: string): boolean
---@field overwrites fun(path: string): "log"|"other"|"busy"|nil
---@field keep_output fun()
---@field fail fun(status: integer, message: string)
cts = {}

---@class TapTable
---@field ok fun(good: any, name: string, why?: string): boolean
---@field skip fun(name: string, why: string)
---@field case fun(good: any, name: string, more: {skip?: string, verdict?: string, fields?: string[][]})
---@field done fun(): integer
tap = {}

---@class JsonTable
---@field encode fun(value: any): string
---@field decode fun(text: string): any, string?, integer?
---@field list fun(list: table): table
json = {}

---@class OnnxTable
---@field available? boolean
---@field read fun(path: string): {nodes: table[], constants: table<string, table>, values: table[]}
onnx = {}

---@class XmlWriter
---@field start fun(self: XmlWriter, name: string, ...: any): XmlWriter
---@field text fun(self: XmlWriter, text: any): XmlWriter
---@field finish fun(self: XmlWriter): XmlWriter
---@field result fun(self: XmlWriter): string

---@class XmlTable
---@field new fun(): XmlWriter
xml = {}
