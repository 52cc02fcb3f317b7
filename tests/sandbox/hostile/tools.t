#!/usr/bin/env lua5.4
-- What Valgrind and AddressSanitizer find becomes a verdict on its case, with their words.

package.path = "tests/sandbox/hostile/?.lua;tests/?.lua;" .. package.path
local stage = require "hostile"

stage.play {
  {"none", "plain", "pass", "", "--valgrind --jobs 1"},
  {"read-after-weight", "plain", "read outside", "0 bytes inside a gap after weight", "--valgrind --jobs 1"},
  {"write-after-output", "plain", "write outside", "Invalid write of size 4", "--valgrind --jobs 1"},
  {"read-gap", "strided", "read outside", "Invalid read of size 4", "--valgrind --jobs 1"},
  {"heap-overread", "plain", "memory error", "Invalid read of size 4", "--valgrind --jobs 1"},
  {"heap-overread", "plain", "pass", ""},
  {"undefined", "plain", "memory error", "never written", "--valgrind --jobs 1"},
  {"avx512", "plain", "crash", "an AVX-512 instruction, which Valgrind does not know", "--valgrind --jobs 1"},
  {"abort", "plain", "crash", "SIGABRT", "--valgrind --jobs 1"},
  {"asan/none", "plain", "pass", "", "--asan --jobs 1"},
  {"asan/heap-overread", "plain", "memory error", "heap-buffer-overflow, READ of size 4, in reads_heap",
    "--asan --jobs 1"},
  {"asan/read-after-weight", "plain", "read outside", "just past the end of weight", "--asan --jobs 1"},
}
stage.finish()
