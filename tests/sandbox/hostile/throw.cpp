// throw.cpp: what only C++ can do.

#include "../../../include/conv2d_abi.h"

#include <cstring>
#include <stdexcept>
#include <vector>

struct call;

extern "C" int32_t throw_exception (const call *)
{
  throw std::runtime_error("nobody catches this");
}

extern "C" int32_t run_out_of_memory_throwing (const call *)
{
  std::vector<std::vector<char>> eaten;
  for (;;)
    eaten.emplace_back(16 << 20, 'x');
}
