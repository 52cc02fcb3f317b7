#!/bin/sh
# probe.t: probe names what was planted.

exec build/conv2d-cts lua tests/lua/probe.lua
