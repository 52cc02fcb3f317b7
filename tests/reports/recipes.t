#!/usr/bin/env lua5.4
-- recipes.t: the CI recipes of examples/gate, run as their platforms would: the shell commands of the
-- workflow and of the job as they stand, CTest, Meson, prove; on an installed suite that was moved.

package.path = "tests/?.lua;" .. package.path
local tap = require "tap"

local folder = tap.folder()
local here = io.popen("pwd"):read("l")
local built, prefix = folder .. "/built", folder .. "/moved"

-- What a test may not do stands first on PATH: fetch, become root, install packages.
local stubs = {git = 'ln -s "$4" "$5" # clone --depth 1 URL FOLDER', sudo = 'exec "$@"', ["apt-get"] = "exit 0"}
os.execute("mkdir -p " .. folder .. "/stubs " .. folder .. "/runner")
for name, line in pairs(stubs) do
  tap.write(folder .. "/stubs/" .. name, "#!/bin/sh\n" .. line .. "\n")
  os.execute(("chmod +x %s/stubs/%s"):format(folder, name))
end

-- Runs a script as a step of a job: bash -e, in a copy of the example.
local function job(copy, script, variables)
  tap.write(folder .. "/step", script)
  return tap.shell(("mkdir -p %s/%s && cp -r -n examples/gate/. %s/%s && cd %s/%s && env -i HOME=%s RUNNER_TEMP=%s/runner "
    .. "GITHUB_STEP_SUMMARY=%s/step-summary CONV2D_CTS_REPOSITORY=%s prefix=%s PREFIX=%s PATH=%s/stubs:%s/bin:/usr/bin:/bin "
    .. "%s bash --noprofile --norc -eo pipefail %s/step"):format(folder, copy, folder, copy, folder, copy, folder, folder,
    folder, here, built, prefix, folder, prefix, variables or "", folder))
end

local function lines_of(path)
  return (tap.read("examples/gate/" .. path) .. "\n"):gmatch("(.-)\n")
end

-- The values of `run:` of a workflow, in order.
local function workflow_steps(path)
  local steps, indent = {}, nil
  for line in lines_of(path) do
    local spaces, value = line:match("^(%s*)run: (.*)")
    if spaces then
      steps[#steps + 1] = value == "|" and "" or value .. "\n"
      indent = value == "|" and #spaces or nil
    elseif indent and #line:match("^%s*") > indent then
      steps[#steps] = steps[#steps] .. line:sub(indent + 3) .. "\n"
    else
      indent = nil
    end
  end
  return steps
end

-- before_script and script of a GitLab job, which are one script.
local function job_script(path)
  local commands, inside = {}, false
  for line in lines_of(path) do
    local key, item = line:match("^  (%w+):"), line:match("^    %- (.*)")
    if line:match("^  before_script:") or line:match("^  script:") then inside = true
    elseif key then inside = false end
    if inside and item then commands[#commands + 1] = item end
  end
  return commands
end

local function exists(path)
  local f = io.open(path)
  if f then f:close() end
  return f ~= nil
end

-- ---- GitHub

local steps = workflow_steps(".github/workflows/conformance.yml")
tap.is(#steps, 3, "the workflow runs three scripts")
local status, out, err = job("github", steps[1])
if not tap.ok(status == 0, "GitHub: install") then print("# " .. err:gsub("\n", "\n# ")) end
os.execute(("mv %s %s"):format(built, prefix))
status, out = job("github", steps[2])
tap.is(status, 0, "GitHub: the gate passes")
tap.has(out, "example 1.0 conforms", "in words")
status, out = job("github", steps[3])
tap.is(status, 0, "GitHub: annotations and summary")
tap.is(out, "", "nothing to annotate")
tap.has(tap.read(folder .. "/step-summary"), "**conforms**", "a summary")
local artifacts = 0
for line in lines_of(".github/workflows/conformance.yml") do
  local path = line:match("^            (build/%S+)$")
  if path then
    artifacts = artifacts + 1
    tap.ok(exists(folder .. "/github/" .. path), "GitHub: artifact " .. path)
  end
end
tap.is(artifacts, 4, "four artifacts")

status = job("github-mistake", steps[2], "CPPFLAGS=-DMISTAKE")
tap.ok(status ~= 0, "GitHub: the gate stops a mistake")
status, out = job("github-mistake", steps[3])
tap.is(status, 0, "and the step after it, which runs all the same")
tap.has(out, "::error title=conv2d-cts%3A example", "annotates it")
tap.has(tap.read(folder .. "/step-summary"), "**does not conform**", "and sums it up")

-- ---- GitLab

local commands = job_script(".gitlab-ci.yml")
tap.is(#commands, 4, "the job runs four commands")
local script = table.concat(commands, "\n"):gsub("/tmp/cts", folder .. "/cts")
status, out, err = job("gitlab", script)
if not tap.ok(status == 0, "GitLab: the job passes") then print("# " .. err:gsub("\n", "\n# ")) end
tap.has(out, "example 1.0 conforms", "in words")
for _, path in ipairs {"report.html", "result.jsonl", "junit.xml"} do
  tap.has(tap.read("examples/gate/.gitlab-ci.yml"), "build/" .. path, "GitLab: keeps " .. path)
  tap.ok(exists(folder .. "/gitlab/build/" .. path), "which is there")
end
status = job("gitlab-mistake", commands[#commands], "CPPFLAGS=-DMISTAKE")
tap.ok(status ~= 0, "GitLab: the job stops a mistake")

-- ---- CTest, Meson, prove


-- good, bad: scripts without and with the mistake; word: what the bad one says.
local function recipe(name, program, good, bad, word)
  if not tap.has_program(program) then
    tap.skip(name, program .. " is not installed")
    return
  end
  status, out, err = job(name, good)
  if not tap.ok(status == 0, name .. " passes") then print("# " .. (out .. err):gsub("\n", "\n# ")) end
  status, out = job(name .. "-mistake", bad)
  tap.ok(status ~= 0, name .. " stops a mistake")
  tap.has(out, word, "and says where")
end

recipe("ctest", "cmake", "cmake -S . -B b && cmake --build b && ctest --test-dir b -j2",
  "cmake -S . -B b -DCMAKE_C_FLAGS=-DMISTAKE && cmake --build b && ctest --test-dir b -j2", "conv2d/dilation.yaml (Failed)")
local meson = "meson setup b %s && meson test -C b --print-errorlogs"
recipe("meson", "meson", meson:format(""), meson:format("-Dc_args=-DMISTAKE"), "dilation/height: wrong value")
tap.ok(not (out .. err):find("Unknown TAP", 1, true), "and Meson knows every line")
recipe("prove", "prove", "make build/subject.so && sh prove.sh", "make build/subject.so CPPFLAGS=-DMISTAKE && sh prove.sh",
  "dilation.yaml")
tap.done()
