#!/bin/sh
# repro.t: the id of a case is all that repro needs.

exec build/conv2d-cts lua tests/command/repro.lua
