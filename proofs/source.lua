-- source.lua: the text of files, for the scripts of the proofs, and changes of it that must hit what they mean.

local source = {}

function source.read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

function source.write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

--- The text with `to` in place of `from`; nil if that does not stand in it exactly once.
function source.replace_once(text, from, to)
  local at, last = text:find(from, 1, true)
  if not at or text:find(from, last + 1, true) then return nil end
  return text:sub(1, at - 1) .. to .. text:sub(last + 1)
end

return source
