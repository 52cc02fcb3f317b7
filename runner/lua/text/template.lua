-- template.lua: pages of the suite's own with places to fill.

local output = require "text.output"

local template = {}

-- A word that nobody can know beforehand. Scripts without it do not run, so text that a page shows can't add a script.
local function nonce()
  return ("%016x%016x"):format(math.random(0), math.random(0))
end

local POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; '
  .. 'script-src \'nonce-%s\'; img-src data:; base-uri \'none\'; form-action \'none\'">'

-- The text of the suite's file `name`. {{head}} in it is how every page begins, with the style that all share.
local function page_text(name)
  return (output.read_own(name):gsub("{{head}}\n", function() return output.read_own("reports/page/head.html") end))
end

--- The text of the suite's file `name`, where {{key}} is replaced by values[key]. A page begins with {{head}}, which needs
--- a title. {{policy}} says what the page may load, and {{nonce}} marks its own scripts.
function template.fill(name, values)
  local word = nonce()
  local own = {policy = POLICY:format(word), nonce = word, style = output.read_own("reports/page/style.css")}
  return (page_text(name):gsub("{{(%w+)}}", function(key)
    return own[key] or values[key] or error("no value for {{" .. key .. "}}")
  end))
end

return template
