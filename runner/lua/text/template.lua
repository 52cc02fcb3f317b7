-- template.lua: pages of the suite's own with places to fill.

local output = require "text.output"

local template = {}

--- The text of the suite's file `name`, where {{key}} is replaced by values[key].
function template.fill(name, values)
  return (output.read_own(name):gsub("{{(%w+)}}", function(key)
    return values[key] or error("no value for {{" .. key .. "}}")
  end))
end

return template
