#!/bin/sh
# explain.t: explain names mistakes, and is silent where it knows none.

exec build/conv2d-cts lua tests/lua/explain.lua
