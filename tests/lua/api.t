#!/bin/sh
# api.t: the Lua API does what runner/API.md says.

exec build/conv2d-cts lua tests/lua/api.lua
