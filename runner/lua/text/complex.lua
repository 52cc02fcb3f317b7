-- complex.lua: elements of tensors as text. A complex element is two numbers of its tensor, and one text: 1+2j.

local complex = {}

--- How many numbers of a tensor make an element: 2, or 1.
function complex.parts(t)
  return t.dtype and t.dtype:find "complex" and 2 or 1
end

--- Element i of a tensor, from 1, each number of it as `number` writes it.
function complex.text(t, i, number)
  if complex.parts(t) == 1 then return number(t[i]) end
  local imaginary = number(t[2 * i])
  return number(t[2 * i - 1]) .. (imaginary:find "^[-\u{2212}]" and "" or "+") .. imaginary .. "j"
end

return complex
