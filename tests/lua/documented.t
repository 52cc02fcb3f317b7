#!/bin/sh
# documented.t: runner/API.md and runner/lua/scripting/conv2d.lua have all that the Lua API has, and no more.

exec build/conv2d-cts lua tests/lua/documented.lua
