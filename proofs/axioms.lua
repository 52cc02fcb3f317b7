-- axioms.lua FOLDER NAME...: asks Coq which axioms each theorem rests on, and refuses all but those of
-- its real numbers and of functions that are equal where their values are; and, where numbers are
-- computed by interval arithmetic, those that say what Coq's own machine integers are.

local allowed = {
  ["ClassicalDedekindReals.sig_forall_dec"] = true,
  ["ClassicalDedekindReals.sig_not_dec"] = true,
  ["FunctionalExtensionality.functional_extensionality_dep"] = true,
  ["Classical_Prop.classic"] = true,
}
local computes = { Statistics = true }

local folder = arg[1]

local function is_allowed(module, name)
  return allowed[name] or computes[module] and (name:find("^PrimInt63%.") or name:find("^Uint63%."))
end

-- The theorems of a file. None may be admitted.
local function theorems_of(module)
  local names = {}
  for line in io.lines(folder .. "/" .. module .. ".v") do
    if line:find("Admitted") or line:find("^%s*Axiom") or line:find("^%s*Parameter") or line:find("admit%.") then
      print(module .. ".v admits: " .. line)
      os.exit(1)
    end
    names[#names + 1] = line:match("^Theorem ([%w_']+)")
  end
  return names
end

-- What Coq says of them; a line that names an axiom begins with its name.
local function check(module)
  local names = theorems_of(module)
  local file = assert(io.open(folder .. "/Axioms.v", "w"))
  file:write("From Conv2d Require ", module, ".\n")
  for _, name in ipairs(names) do file:write("Print Assumptions ", module, ".", name, ".\n") end
  file:close()

  local good, answers = true, 0
  local coq = assert(io.popen("cd '" .. folder .. "' && coqc -q -Q . Conv2d Axioms.v 2>&1"))
  for line in coq:lines() do
    local name = line:match("^([%a_][%w_.']*) *:") or line:match("^([%a_][%w_.']*)$")
    if line:find("^Axioms:") or line:find("^Closed under") then
      answers = answers + 1
    elseif line:find("^Error") or line:find("^File") or name and not is_allowed(module, name) then
      print(module .. ".v: not allowed: " .. line)
      good = false
    end
  end
  return coq:close() and good and answers == #names, #names
end

local count = 0
for i = 2, #arg do
  local good, n = check(arg[i])
  if not good then os.exit(1) end
  count = count + n
end
print(("proofs: Coq checked %d theorems; no axioms but those that proofs/README.md names"):format(count))
