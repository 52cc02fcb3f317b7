/* words.c: makes lines of words with a mistake here and there: numeric contracts, and the
   conditions of expected failures: expressions over a case, and words about the machine. */

#include "grammar.h"

static const char *number_of (grammar *g) {
  static const char *const usual[] = { "1", "2", "3", "8", "11", "24", "53", "64" };
  static const char *const odd[] = {
    "0",  "-1", "65", "9223372036854775807", "9223372036854775808", "x", "", "1.5", "0x10", "1e3",
    " 2", "2 ", "+3", "99999999999999999999"
  };
  return errs(g) ? odd[pick(g, COUNT(odd))] : usual[pick(g, COUNT(usual))];
}

static const char *dtype_of (grammar *g) {
  static const char *const usual[] = { "float16",       "bfloat16",    "float32",  "float64",
                                       "float8_e4m3fn", "float8_e5m2", "complex64" };
  static const char *const odd[] = { "int8", "float", "", "FLOAT32", "float8", "float32 " };
  return errs(g) ? odd[pick(g, COUNT(odd))] : usual[pick(g, COUNT(usual))];
}

/* ---- numeric contracts */

static void put_word (grammar *g) {
  static const char *const presets[] = { "tf32",        "3xtf32",          "bf16",
                                         "bf16x3",      "f16-accumulate",  "bf16-accumulate",
                                         "tensor-core", "tf32-tensor-core" };
  static const char *const flags[] = { "operands-cut", "accumulator-cut", "result-cut", "saturate",
                                       "flush" };
  static const char *const counts[] = { "operands", "splits", "align", "store-every" };
  static const char *const odd[] = { "",
                                     "=",
                                     "operands",
                                     "operands=",
                                     "=11",
                                     "tf33",
                                     "operands=11=11",
                                     ":",
                                     "\xc3\xa9",
                                     "%s%n",
                                     "store=float16,store-every=0" };
  switch (errs(g) ? 9 : pick(g, 7)) {
  case 0: put(g, "%s", presets[pick(g, COUNT(presets))]); break;
  case 1: put(g, "%s", flags[pick(g, COUNT(flags))]); break;
  case 2: put(g, "accumulator=%s", dtype_of(g)); break;
  case 3: put(g, "store=%s,store-every=%s", dtype_of(g), number_of(g)); break;
  case 4: put(g, "operands=%s,%s", number_of(g), flags[0]); break;
  case 5: put(g, "operands=%s,splits=%s", number_of(g), number_of(g)); break;
  case 6: put(g, "%s=%s", counts[pick(g, COUNT(counts))], number_of(g)); break;
  default: put(g, "%s", odd[pick(g, COUNT(odd))]);
  }
}

static void put_spaces (grammar *g) {
  for (size_t n = pick(g, 8) == 7 ? pick(g, 4) : 0; n; n--)
    put(g, " ");
}

void make_numerics (grammar *g) {
  for (size_t n = 1 + pick(g, 3), part = 0; part < n; part++) {
    put(g, "%s", part ? ";" : "");
    put_spaces(g);
    if (pick(g, 2))
      put(g, "%s:", dtype_of(g));
    for (size_t words = 1 + pick(g, 3), i = 0; i < words; i++) {
      put(g, "%s", i ? "," : "");
      put_spaces(g);
      put_word(g);
      put_spaces(g);
    }
  }
  if (errs(g))
    for (size_t n = pick(g, 64); n; n--)
      put(g, "flush,flush,");
}

/* ---- conditions of expected failures */

static void put_term (grammar *g) {
  static const char *const numbers[] = { "stride[1]",        "dilation[2]", "kernel_size[1]",
                                         "groups",           "in_channels", "out_channels",
                                         "input[2]",         "seed",        "#input",
                                         "math.abs(groups)", "threads",     "input[#input]" };
  static const char *const relations[] = { "==", "~=", "<", "<=", ">", ">=" };
  static const char *const truths[] = { "bias",
                                        "not bias",
                                        "true",
                                        "padding_mode == 'reflect'",
                                        "dtype == 'float32'",
                                        "string.find(id, 'mode', 1, true)",
                                        "(name or ''):match '^n'",
                                        "direction ~= 'backward'" };
  static const char *const odd[] = { "stride > 1",
                                     "error({})",
                                     "error()",
                                     "nothing",
                                     "1 +",
                                     "('x'):rep(1 << 20) == ''",
                                     "input[9] > 1",
                                     "math.tointeger('x') == nil",
                                     "string.rep",
                                     "'\\u{7fffffff}' == ''",
                                     "string.format('%99d', 1) == ''",
                                     "kernel_size[1] // 0 == 1",
                                     "setmetatable({}, nil)",
                                     "(function(...) return ... end)()",
                                     "string.pack('s8', 'x') == ''",
                                     "nil == nil)" };
  if (errs(g))
    put(g, "%s", odd[pick(g, COUNT(odd))]);
  else if (pick(g, 2))
    put(g, "%s", truths[pick(g, COUNT(truths))]);
  else
    put(g, "%s %s %s", numbers[pick(g, COUNT(numbers))], relations[pick(g, COUNT(relations))],
        number_of(g));
}

void put_expression (grammar *g) {
  static const char *const between[] = { " and ", " or ", " and not ", " == " };
  for (size_t n = 1 + pick(g, 3), i = 0; i < n; i++) {
    put(g, "%s", i ? between[pick(g, COUNT(between))] : "");
    put_term(g);
  }
}

void put_condition (grammar *g) {
  static const char *const words[] = { "avx2",     "!avx2", "*", "!*", "avx*", "OMP_NUM_THREADS=*",
                                       "isa=AVX2", "neon" };
  static const char *const odd[] = {
    "", "!", "!!avx2", "[", "[a-", "\\", "  ", "****************a"
  };
  for (size_t n = 1 + pick(g, 3), i = 0; i < n; i++)
    put(g, "%s%s", i ? " " : "", errs(g) ? odd[pick(g, COUNT(odd))] : words[pick(g, COUNT(words))]);
}
