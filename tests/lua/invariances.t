#!/bin/sh
# invariances.t: each dependence is planted, and told with the shape; an implementation without one is not accused.

exec build/conv2d-cts lua tests/lua/invariances.lua
