#!/bin/sh
# The deeds of tests/sandbox/hostile/ends.t, done by kernels on the pretend device: the same verdicts.
HOSTILE_ON=guarded exec lua5.4 tests/sandbox/hostile/ends.t
