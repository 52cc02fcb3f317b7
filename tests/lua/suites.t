#!/bin/sh
# suites.t: loops over one suite at once.

exec build/conv2d-cts lua tests/lua/suites.lua
