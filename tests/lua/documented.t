#!/bin/sh
# documented.t: what the Lua API has, runner/API.md and runner/lua/scripting/conv2d.lua say, and no more.

exec build/conv2d-cts lua tests/lua/documented.lua
