#!/bin/sh
# strangers.t: nothing in a log is read as syntax of a report.

exec build/conv2d-cts lua tests/reports/strangers.lua
