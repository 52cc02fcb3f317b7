#!/bin/sh
# probe.t: probe finds the ways of computing that were planted in its subjects.

exec build/conv2d-cts lua tests/lua/probe.lua
