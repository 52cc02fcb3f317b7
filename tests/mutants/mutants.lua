-- mutants.lua: what kill.lua and matrix.lua share: the list of mutants, and running cases on one.

local mutants = {}

-- Groups of mutants whose mistake hangs on sizes, options or the calls before.
mutants.of_sizes = {sizes = true, trackers = true, gradients = true, options = true, limits = true, sequences = true,
  reported = true}

local files_of_sizes = {}
for _, file in ipairs {"limits", "limits-large", "limits-unfolded", "sweeps/blocks", "sweeps/channels", "sweeps/dense",
                       "sweeps/edges", "sweeps/even-kernels", "sweeps/extremes", "sweeps/far", "sweeps/grouped",
                       "sweeps/kernel-sides", "sweeps/kinds-of-groups", "sweeps/options", "sweeps/patches", "sweeps/sequences",
                       "sweeps/single-pixels", "sweeps/strided-rows", "sweeps/threads", "sweeps/wide-padding",
                       "sweeps/widths"} do
  files_of_sizes[file .. ".yaml"] = true
end

--- Whether the case is of a file that was written for mistakes of these groups.
function mutants.is_of_sizes(case)
  return files_of_sizes[case.file] or false
end

--- The mutants of FOLDER/LIST, all or those whose names are keys of `wanted`.
function mutants.list(folder, wanted)
  local list = {}
  for line in io.lines(folder .. "/LIST") do
    local name, group, about = line:match("^(.-)\t(.-)\t(.*)$")
    if not next(wanted) or wanted[name] then
      list[#list + 1] = {name = name, group = group, about = about}
    end
  end
  return list
end

--- Runs cases on one, with time for large ones where others work the machine too; returns the cases
--- that failed, {case =, file =} each, at most `limit`, and how many passed.
function mutants.run(folder, name, cases, limit)
  local failed, passed = {}, 0
  local tested = subject.open {path = ("%s/%s.so"):format(folder, name), time_limit = 100}
  local done, message = pcall(tested.run, tested, cases, {all = not limit, each = function(result)
    if result.class == "failed" or result.class == "broken" then
      failed[#failed + 1] = {case = result.case.id, file = result.case.file or "-"}
      if #failed == limit then error "enough" end
    elseif result.class == "passed" then
      passed = passed + 1
    end
  end, portion = limit and 64 or nil})
  if not done and #failed ~= limit then error(message) end
  return failed, passed
end

return mutants
