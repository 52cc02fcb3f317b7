#!/bin/sh
# map.t: map finds planted switches and tails, and its case file finds a fault at one of them.

exec build/conv2d-cts lua tests/lua/map.lua
