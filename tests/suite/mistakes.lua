-- mistakes.lua: files with one mistake each, and the message that each gets.

local tap = require "tap"

--- list: {name, the file's text, the message after the file's name} each. command: of the program, without the file.
return function (list, command, path)
  for _, m in ipairs(list) do
    tap.write(path, m[2])
    local status, out, err = tap.run(command .. " " .. path)
    tap.ok(status == 2 and out == "", m[1] .. ": status 2 and nothing on standard output, got " .. status)
    tap.has(err, path .. m[3], m[1] .. ": message")
  end
end
