/* lines.c: makes documents of lines, with a mistake here and there: result logs, arguments of a
   command, and replies of a process under test. */

#include "grammar.h"

#include <string.h>

/* ---- JSON */

static const char *const odd[] = { "null",
                                   "true",
                                   "0",
                                   "-1",
                                   "1e308",
                                   "9223372036854775807",
                                   "9223372036854775808",
                                   "0.5",
                                   "-0",
                                   "\"\"",
                                   "\"nan\"",
                                   "\"-inf\"",
                                   "\"a\\u0000b\"",
                                   "\"\\ud800\"",
                                   "\"\xc3\xa9\\u001b[31m\\n\"",
                                   "\"\xff\"",
                                   "[]",
                                   "{}",
                                   "[[]]",
                                   "[null]",
                                   "[1,\"x\",[2]]",
                                   "{\"a\":{}}",
                                   "\"</script>\"",
                                   "\"javascript:alert(1)\"",
                                   "nan",
                                   "",
                                   "[1",
                                   "\"x" };

static void put_odd (grammar *g) {
  put(g, "%s", odd[pick(g, COUNT(odd))]);
}

static const char *text_of (grammar *g) {
  static const char *const texts[] = { "a",
                                       "conv2d:in=1x1x4x5,out=1,k=3",
                                       "conv2d:in=2x4x9x9,out=8,k=3x5,p=same,mode=reflect,g=2",
                                       "padding.yaml",
                                       "padding.yaml#both",
                                       "0x1p+0",
                                       "2026-01-01T00:00:00Z",
                                       "https://example.org/x?a=b&c",
                                       "it's \\\"so\\\" | `x` <b>",
                                       "PAD-1",
                                       "output",
                                       "one\\ntwo\\u001b[1m",
                                       "conv2d:" };
  return texts[pick(g, COUNT(texts))];
}

static void put_text (grammar *g) {
  put(g, "\"%s\"", text_of(g));
}

static void put_number (grammar *g) {
  static const char *const numbers[] = { "0", "1", "7", "120", "-3", "0.25", "1e300", "4096" };
  put(g, "%s", numbers[pick(g, COUNT(numbers))]);
}

static void put_value (grammar *g) {
  static const char *const words[] = { "\"nan\"", "\"inf\"", "\"-inf\"" };
  if (pick(g, 4))
    put_number(g);
  else
    put(g, "%s", words[pick(g, COUNT(words))]);
}

static void put_list (grammar *g, void (*item)(grammar *)) {
  put(g, "[");
  for (size_t i = 0, n = pick(g, 6); i < n; i++) {
    put(g, "%s", i ? "," : "");
    item(g);
  }
  put(g, "]");
}

static void put_numbers (grammar *g) {
  put_list(g, put_number);
}

static void put_texts (grammar *g) {
  put_list(g, put_text);
}

static void put_values (grammar *g) {
  put_list(g, put_value);
}

static void put_wrong (grammar *g) {
  put_list(g, put_values);
}

static void put_digits (grammar *g) {
  static const char *const rows[] = { "\"0909\"", "\"\"", "\"9\"", "\"00000000000000009\"",
                                      "\"x\"" };
  put(g, "%s", rows[pick(g, COUNT(rows))]);
}

static void put_map (grammar *g) {
  put(g, "{\"shape\":");
  put_numbers(g);
  put(g, ",\"plane\":");
  put_list(g, put_digits);
  put(g, ",\"channels\":");
  put_digits(g);
  put(g, "}");
}

/* ---- result logs */

typedef struct key {
  const char *name;
  void (*put)(grammar *g);
} key;

static void put_verdict (grammar *g) {
  static const char *const words[] = { "pass",      "wrong value",       "wrong shape", "crash",
                                       "timeout",   "unsupported",       "not run",     "leak",
                                       "unwritten", "wrong after others" };
  put(g, "\"%s\"", errs(g) ? "no verdict" : words[pick(g, COUNT(words))]);
}

static const key case_keys_of_log[] = { { "id", put_text },
                                        { "file", put_text },
                                        { "name", put_text },
                                        { "link", put_text },
                                        { "xfail", put_text },
                                        { "judged", put_text },
                                        { "clause", put_text },
                                        { "words", put_text },
                                        { "tensor", put_text },
                                        { "got_hex", put_text },
                                        { "want_hex", put_text },
                                        { "printed", put_text },
                                        { "after", put_text },
                                        { "line", put_number },
                                        { "outputs", put_number },
                                        { "mismatches", put_number },
                                        { "nanoseconds", put_number },
                                        { "max_error", put_value },
                                        { "rms_error", put_value },
                                        { "mean_error", put_value },
                                        { "got", put_value },
                                        { "want", put_value },
                                        { "error", put_value },
                                        { "allowed", put_value },
                                        { "clauses", put_texts },
                                        { "networks", put_texts },
                                        { "first", put_numbers },
                                        { "wrong", put_wrong },
                                        { "map", put_map } };

static void put_key (grammar *g, const key *k) {
  put(g, ",\"%s\":", k->name);
  if (errs(g))
    put_odd(g);
  else
    k->put(g);
}

static void put_entry (grammar *g) {
  put(g, "{\"case\":");
  if (errs(g))
    put_odd(g);
  else
    put_text(g);
  put(g, ",\"verdict\":");
  put_verdict(g);
  for (size_t n = pick(g, 12); n; n--)
    put_key(g, &case_keys_of_log[pick(g, COUNT(case_keys_of_log))]);
  put(g, "}\n");
}

static void put_header (grammar *g) {
  static const key keys[] = { { "subject", put_text },     { "subject_version", put_text },
                              { "description", put_text }, { "url", put_text },
                              { "invocation", put_text },  { "loading", put_text },
                              { "environment", put_text }, { "own", put_number },
                              { "machine", put_number },   { "suite", put_text },
                              { "date", put_text },        { "claims", put_number },
                              { "fresh", put_number } };
  put(g, "{\"format\":\"conv2d-cts result log\",\"version\":%s", errs(g) ? "2" : "1");
  for (size_t n = pick(g, 10); n; n--)
    put_key(g, &keys[pick(g, COUNT(keys))]);
  put(g, "}\n");
}

static void put_end (grammar *g, size_t cases) {
  put(g, "{\"end\":true,\"cases\":");
  if (errs(g))
    put_number(g);
  else
    put(g, "%zu", cases);
  if (pick(g, 2))
    put(g, ",\"interrupted\":%s", pick(g, 2) ? "true" : "false");
  if (pick(g, 2))
    put_key(g, &(key){ "seconds", put_number });
  put(g, "}\n");
}

void make_log (grammar *g) {
  if (!errs(g))
    put_header(g);
  const size_t cases = pick(g, 12);
  for (size_t n = cases; n; n--) {
    if (errs(g))
      put_odd(g);
    put_entry(g);
  }
  if (pick(g, 4))
    put_end(g, cases);
  if (errs(g))
    put_entry(g);
  if (errs(g) && g->length)
    g->text[g->length -= pick(g, 64) % g->length] = '\0';
}

/* ---- arguments */

static void put_option (grammar *g) {
  static const char *const names[] = { "tier",         "network",   "filter",  "fresh",
                                       "shard",        "jobs",      "seed",    "time-limit",
                                       "memory-limit", "isolation", "threads", "subject-threads",
                                       "paranoid",     "strict",    "count",   "list",
                                       "all",          "impl",      "",        "tier_x",
                                       "count4" };
  static const char *const values[] = { "quick",
                                        "full",
                                        "exhaustive",
                                        "models",
                                        "1/3",
                                        "3/3",
                                        "0/2",
                                        "1/0",
                                        "stride[1] == 2",
                                        "groups > 1 and bias",
                                        "stride > 1",
                                        "1 +",
                                        "error({})",
                                        "padding_mode == 'reflect'",
                                        "input[2] // 0 == 1",
                                        "string.rep('x', 9)",
                                        "0",
                                        "1",
                                        "-1",
                                        "1e9",
                                        "1e10",
                                        "nan",
                                        "inf",
                                        "0x10",
                                        "random",
                                        "7",
                                        "batch",
                                        "none",
                                        "resnet50",
                                        "",
                                        "=",
                                        "--tier",
                                        "9999999999999999999" };
  put(g, "--%s", names[pick(g, COUNT(names))]);
  if (pick(g, 4))
    put(g, "%s%s", pick(g, 2) ? "=" : "\n", values[pick(g, COUNT(values))]);
  put(g, "\n");
}

void make_arguments (grammar *g) {
  static const char *const others[] = { "tests/sandbox/hostile/cases.yaml",
                                        "cases/padding.yaml",
                                        "missing.yaml",
                                        "--",
                                        "-",
                                        "-h",
                                        "--help",
                                        "conv2d:in=1x1x4x5,out=1,k=3",
                                        "cases/padding.yaml#both",
                                        "" };
  for (size_t n = 1 + pick(g, 6); n; n--)
    if (pick(g, 4))
      put_option(g);
    else
      put(g, "%s\n", others[errs(g) ? pick(g, COUNT(others)) : pick(g, 2)]);
}

/* ---- replies */

static void put_word_list (grammar *g, const char *name, const char *const *words) {
  size_t count = 0;
  while (words[count])
    count++;
  put(g, ",\"%s\":", name);
  if (errs(g)) {
    put_odd(g);
    return;
  }
  put(g, "[");
  for (size_t i = 0, n = pick(g, 4); i < n; i++)
    put(g, "%s\"%s\"", i ? "," : "", words[pick(g, count)]);
  put(g, "]");
}

static void put_hello (grammar *g) {
  static const char *const texts[] = { "name", "version", "description", "url" };
  static const char *const claims[] = {
    "checks-parameters", "transform", "flushes-subnormals", "torch-quirks", "batch-invariant",
    "thread-invariant",  NULL
  };
  static const char *const dtypes[] = { "float32", "float64", "bfloat16", "int8", NULL };
  static const char *const layouts[] = { "nchw", "nhwc", "gaps", "odd", NULL };
  static const char *const modes[] = { "zeros", "reflect", "replicate", "circular", NULL };
  static const char *const directions[] = { "forward", "backward", "init", NULL };
  put(g, ",\"protocol\":%s", errs(g) ? "2" : "1");
  for (size_t i = 0; i < COUNT(texts); i++)
    if (pick(g, 2))
      put_key(g, &(key){ texts[i], put_text });
  if (pick(g, 2))
    put_word_list(g, "claims", claims);
  if (pick(g, 2)) {
    put(g, ",\"capabilities\":{\"dtypes\":[]");
    put_word_list(g, pick(g, 4) ? "layouts" : "dtypes", pick(g, 4) ? layouts : dtypes);
    put_word_list(g, "padding_modes", modes);
    put_word_list(g, "directions", directions);
    put(g, "}");
  }
}

static void put_bytes (grammar *g, size_t bytes) {
  put(g, ",\"bytes\":");
  if (errs(g))
    put_odd(g);
  else if (pick(g, 8))
    put(g, "[%.*zu]", bytes ? 1 : 0, bytes); /* no digits of 0 */
  else
    put_numbers(g);
}

void make_reply (grammar *g, const char *op, long long seq, size_t bytes) {
  static const char *const statuses[] = { "ok",      "ok",    "ok",     "unsupported",
                                          "invalid", "error", "perhaps" };
  put(g, "{\"seq\":%lld,\"status\":\"%s\"", seq + errs(g), statuses[pick(g, COUNT(statuses))]);
  if (pick(g, 4) == 3)
    put_key(g, &(key){ "message", put_text });
  if (!strcmp(op, "hello"))
    put_hello(g);
  else if (!strcmp(op, "output_shape"))
    put(g, ",\"shape\":%s", pick(g, 4) ? "[1,1,2,3]" : "[1,1,2]");
  if (strcmp(op, "hello") || errs(g))
    put_bytes(g, bytes);
  if (errs(g))
    put_key(g, &(key){ "status", put_value });
  put(g, "}%s", errs(g) ? "" : "\n");
}
