#!/bin/sh
# model.t: tests/reports/model.lua in the program, which has the API that it needs.
exec "${CONV2D_CTS:-build/conv2d-cts}" lua tests/reports/model.lua
