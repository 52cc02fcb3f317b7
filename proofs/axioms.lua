-- axioms.lua FOLDER NAME...: asks Coq which axioms each theorem rests on, and refuses all but those of
-- its real numbers and of functions that are equal where their values are.

local allowed = {
  ["ClassicalDedekindReals.sig_forall_dec"] = true,
  ["ClassicalDedekindReals.sig_not_dec"] = true,
  ["FunctionalExtensionality.functional_extensionality_dep"] = true,
  ["Classical_Prop.classic"] = true,
}

local folder = arg[1]
local theorems, script = 0, { "From Conv2d Require " .. table.concat(arg, " ", 2) .. "." }
for i = 2, #arg do
  local file = assert(io.open(folder .. "/" .. arg[i] .. ".v"))
  for line in file:lines() do
    if line:find("Admitted") or line:find("^%s*Axiom") or line:find("^%s*Parameter") or line:find("admit%.") then
      print(arg[i] .. ".v admits: " .. line)
      os.exit(1)
    end
    local name = line:match("^Theorem ([%w_']+)")
    if name then
      theorems = theorems + 1
      script[#script + 1] = ("Print Assumptions %s.%s."):format(arg[i], name)
    end
  end
  file:close()
end

local path = folder .. "/Axioms.v"
local file = assert(io.open(path, "w"))
file:write(table.concat(script, "\n"), "\n")
file:close()

local coq = assert(io.popen("cd '" .. folder .. "' && coqc -q -Q . Conv2d Axioms.v 2>&1"))
local bad = false
for line in coq:lines() do
  local name = line:match("^([%w_.']+) *:") or line:match("^([%w_.']+)$")
  if line:find("^Error") or line:find("^File") then bad = true end
  if name and name ~= "Axioms" and not allowed[name] then
    print("not allowed: " .. name)
    bad = true
  end
  print(line)
end
if not coq:close() or bad then os.exit(1) end
print(("proofs: Coq checked %d theorems; axioms: those of its real numbers alone"):format(theorems))
