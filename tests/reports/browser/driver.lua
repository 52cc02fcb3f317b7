-- driver.lua: a browser under test, through chromedriver's WebDriver protocol and curl.
-- Runs in `conv2d-cts lua`, for its JSON.

local driver = {}
driver.__index = driver

local ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

local function shell(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return text
end

--- Whether there is a browser to test with.
function driver.present()
  return os.execute("command -v chromium >/dev/null && command -v chromedriver >/dev/null && command -v curl >/dev/null")
end

local function request(self, method, path, body)
  local file = os.tmpname()
  local f = assert(io.open(file, "w"))
  f:write(body and json.encode(body) or "")
  f:close()
  local text = shell(("curl -s -m 60 -X %s %s%s -H 'Content-Type: application/json' %s"):format(
    method, self.address, path, body and "--data-binary @" .. file or ""))
  os.remove(file)
  local reply = json.decode(text)
  assert(reply, "chromedriver does not answer")
  local value = reply.value
  if type(value) == "table" and value.error then error(path .. ": " .. value.message:match("^[^\n]*"), 3) end
  return value
end

-- Starts chromedriver on a port of its own choice, so that two tests may run at once.
local function start_chromedriver()
  local said = os.tmpname()
  local self = {pid = shell(("chromedriver --port=0 >%s 2>&1 & echo $!"):format(said)):match("%d+")}
  for _ = 1, 100 do
    local port = shell("cat " .. said):match("successfully on port (%d+)")
    if port then
      self.address = "http://127.0.0.1:" .. port
      os.remove(said)
      return self
    end
    os.execute("sleep 0.1")
  end
  error("chromedriver does not start: " .. shell("cat " .. said))
end

--- Starts chromedriver and a headless browser; both end with the variable that holds it: local b <close> = ...
function driver.start()
  local self = setmetatable(start_chromedriver(), driver)
  local arguments = json.list {"--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,900"}
  local session = request(self, "POST", "/session", {capabilities = {alwaysMatch = {
    ["goog:chromeOptions"] = {args = arguments}, ["goog:loggingPrefs"] = {browser = "ALL"},
  }}})
  self.path = "/session/" .. session.sessionId
  return self
end

function driver:__close()
  pcall(request, self, "DELETE", self.path)
  os.execute("kill " .. self.pid)
end

function driver:open(path)
  request(self, "POST", self.path .. "/url", {url = "file://" .. path})
end

--- What a line of script gives: driver:eval "document.title".
function driver:eval(expression)
  return request(self, "POST", self.path .. "/execute/sync", {script = "return " .. expression, args = json.list {}})
end

function driver:text(selector)
  return self:eval(("document.querySelector(%s).textContent"):format(json.encode(selector)))
end

function driver:count(selector)
  return self:eval(("document.querySelectorAll(%s).length"):format(json.encode(selector)))
end

local function element(self, selector)
  local found = request(self, "POST", self.path .. "/element", {using = "css selector", value = selector})
  return self.path .. "/element/" .. found[ELEMENT]
end

--- Clicks as a person does: what is hidden or covered can't be clicked.
function driver:click(selector)
  self:eval(("document.querySelector(%s).scrollIntoView({block: 'center'})"):format(json.encode(selector)))
  request(self, "POST", element(self, selector) .. "/click", {})
end

function driver:type(selector, text)
  request(self, "POST", element(self, selector) .. "/value", {text = text})
end

--- Presses keys where the focus is.
function driver:press(keys)
  local actions = {}
  for _, key in ipairs(keys) do
    actions[#actions + 1] = {type = "keyDown", value = key}
    actions[#actions + 1] = {type = "keyUp", value = key}
  end
  request(self, "POST", self.path .. "/actions", {actions = json.list {{type = "key", id = "k", actions = json.list(actions)}}})
end

function driver:cdp(command, parameters)
  return request(self, "POST", self.path .. "/goog/cdp/execute", {cmd = command, params = parameters})
end

function driver:width(pixels)
  self:cdp("Emulation.setDeviceMetricsOverride", {width = pixels, height = 800, deviceScaleFactor = 1, mobile = false})
end

--- What the page complained of since the last time.
function driver:complaints()
  local lines = {}
  for _, entry in ipairs(request(self, "POST", self.path .. "/se/log", {type = "browser"})) do
    if entry.level == "SEVERE" then lines[#lines + 1] = entry.message end
  end
  return table.concat(lines, "\n")
end

--- Waits until an expression holds, at most 5 seconds.
function driver:wait(expression)
  for _ = 1, 50 do
    if self:eval(expression) then return true end
    os.execute("sleep 0.1")
  end
  return false
end

return driver
