/* grammar.c: makes case files, lists of expected failures, and ids, with a mistake here and there.
   The keys come from the table that the readers themselves use. */

#include "grammar.h"

#include "call/case.h"
#include "call/dtype.h"

#include <string.h>

/* ---- values */

static const char *const odd[] = { "-1",
                                   "0",
                                   "9223372036854775807",
                                   "-9223372036854775808",
                                   "99999999999999999999",
                                   "x",
                                   "''",
                                   "[]",
                                   "{}",
                                   "[[]]",
                                   "nan",
                                   "1e999",
                                   "0x1p-1074",
                                   "~",
                                   "null",
                                   "true",
                                   "\"a\\nb\"",
                                   "1x2",
                                   "[1, 2, 3]",
                                   "{a: 1}",
                                   "same",
                                   "past",
                                   "past-input",
                                   "\"\xc3\xa9\"",
                                   "[1, x]",
                                   "2147483648",
                                   "[-1, 65536]" };

static const char *integer (grammar *g) {
  static const char *const usual[] = { "1", "2", "3", "4", "5", "0", "7", "16" };
  return errs(g) ? odd[pick(g, COUNT(odd))] : usual[pick(g, COUNT(usual))];
}

static void put_list (grammar *g, size_t count, const char *open, const char *between,
                      const char *close) {
  put(g, "%s", open);
  for (size_t i = 0; i < count; i++)
    put(g, "%s%s", i ? between : "", integer(g));
  put(g, "%s", close);
}

static void put_word (grammar *g, const char *const *words) {
  size_t count = 0;
  while (words && words[count])
    count++;
  put(g, "%s", count && !errs(g) ? words[pick(g, count)] : odd[pick(g, COUNT(odd))]);
}

static void put_recipe (grammar *g) {
  size_t count = 0;
  while (recipes[count].name)
    count++;
  for (size_t i = 0, n = 1 + pick(g, 4) % 3; i < n; i++)
    put(g, "%s%s", i ? "+" : "", recipes[pick(g, count)].name);
}

static void put_dtype (grammar *g) {
  size_t count = 0;
  while (dtypes[count].name)
    count++;
  put(g, "%s", dtypes[pick(g, count)].name);
}

/* A value as a case file has it, or as an id. */
static void put_value (grammar *g, const case_key *k, bool in_id) {
  const char *open = in_id ? "" : "[", *between = in_id ? "x" : ", ", *close = in_id ? "" : "]";
  static const char *const modes[] = { "same", "valid", NULL };
  if (errs(g))
    put(g, "%s", odd[pick(g, COUNT(odd))]);
  else if (k->kind == KEY_SHAPE)
    put_list(g, strcmp(k->name, "input") || errs(g) ? pick(g, 6) : 4, open, between, close);
  else if (k->kind == KEY_PADDING && pick(g, 4) == 3)
    put_word(g, modes);
  else if ((k->kind == KEY_PAIR || k->kind == KEY_PADDING) && pick(g, 2))
    put_list(g, 2, open, between, close);
  else if (k->kind == KEY_WORD)
    put_word(g, k->words);
  else if (k->kind == KEY_BOOL)
    put(g, "%s", pick(g, 2) ? "true" : "false");
  else if (k->kind == KEY_DTYPE)
    put_dtype(g);
  else if (k->kind == KEY_DATA)
    put_recipe(g);
  else
    put(g, "%s", integer(g));
  if (in_id && k->kind == KEY_DATA && pick(g, 2))
    put(g, "/%s", integer(g));
}

static const case_key *pick_key (grammar *g) {
  size_t count = 0;
  while (case_keys[count].name)
    count++;
  return &case_keys[pick(g, count)];
}

/* ---- ids */

void make_id (grammar *g) {
  put(g, "conv2d:in=");
  put_list(g, errs(g) ? pick(g, 7) : 4, "", "x", "");
  put(g, ",out=%s,k=%s", integer(g), integer(g));
  for (size_t n = pick(g, 8); n; n--) {
    const case_key *k = pick_key(g);
    put(g, ",%s=", k->brief && !errs(g) ? k->brief : k->name);
    put_value(g, k, true);
  }
}

/* ---- case files */

static const char *clause_id (grammar *g) {
  static const char *const ids[] = { "PAD-1",   "PAD-5",  "FWD-1", "SHAPE-1",
                                     "VALID-2", "BACK-6", "BIAS-1" };
  return errs(g) ? "PAD-999" : ids[pick(g, COUNT(ids))];
}

static void put_clauses (grammar *g) {
  put(g, "clauses: [");
  for (size_t i = 0, n = 1 + pick(g, 3); i < n; i++)
    put(g, "%s%s", i ? ", " : "", clause_id(g));
  put(g, "]");
}

static void put_keys (grammar *g, size_t count) {
  for (; count; count--) {
    const case_key *k = pick_key(g);
    put(g, ", %s: ", k->name);
    put_value(g, k, false);
  }
}

static void put_numbers (grammar *g, int depth) {
  static const char *const numbers[] = { "1", "-2", "0.5", "0x1.8p3", "nan", "-inf", "1e30" };
  put(g, "[");
  for (size_t i = 0, n = pick(g, 6); i < n; i++) {
    put(g, "%s", i ? ", " : "");
    if (depth < 3 && pick(g, 6) == 5)
      put_numbers(g, depth + 1);
    else
      put(g, "%s", errs(g) ? odd[pick(g, COUNT(odd))] : numbers[pick(g, COUNT(numbers))]);
  }
  put(g, "]");
}

static void put_values (grammar *g) {
  static const char *const of[] = { "input", "weight", "bias", "grad_output", "output" };
  put(g, ", values: {%s: ", of[pick(g, COUNT(of))]);
  put_numbers(g, 0);
  if (pick(g, 4) == 3)
    put(g, ", within: %s", integer(g));
  put(g, "}");
}

static void put_case (grammar *g) {
  if (errs(g)) {
    put(g, "  - %s\n", odd[pick(g, COUNT(odd))]);
    return;
  }
  put(g, "  - {name: n%d", errs(g) ? 1 : ++g->names);
  put_keys(g, pick(g, 5));
  if (pick(g, 4) == 3)
    put(g, ", rejects: %s", clause_id(g));
  if (pick(g, 4) == 3) {
    put(g, ", ");
    put_clauses(g);
  }
  if (pick(g, 6) == 5)
    put_values(g);
  if (pick(g, 6) == 5)
    put_list(g, pick(g, 5), ", output_shape: [", ", ", "]");
  if (pick(g, 8) == 7)
    put(g, ", %s: %s", pick(g, 2) ? "tier" : "link", pick(g, 2) ? "full" : "\"a # b\"");
  put(g, "}\n");
}

static void put_bundle (grammar *g, int number) {
  put(g, "{name: b%d, ", number);
  put(g, "in_channels: %s", integer(g));
  put_keys(g, pick(g, 3));
  put(g, "}");
}

static void put_axis (grammar *g, int number) {
  static const char *const names[] = { "batch", "size", "channels" };
  static const char *const words[] = { "kernel",     "input",       "limit",    "past",
                                       "past-input", "past-kernel", "unbatched" };
  const size_t kind = pick(g, 8);
  const char *name = kind < COUNT(names) ? names[kind] : pick_key(g)->name;
  put(g, "    %s: [", errs(g) ? "odd" : name);
  for (size_t i = 0, n = 1 + pick(g, 4); i < n; i++) {
    put(g, "%s", i ? ", " : "");
    if (kind == 2)
      put_bundle(g, number * 8 + (int) i);
    else if (pick(g, 4) == 3)
      put(g, "%s", words[pick(g, COUNT(words))]);
    else if (kind < COUNT(names))
      put(g, "%s", integer(g));
    else
      put_value(g, case_find_key(name, strlen(name)), false);
  }
  put(g, "]\n");
}

static void put_sweep (grammar *g) {
  static const char *const where[] = {
    "stride == 1", "stride[1] > 0",      "padding ~= 'same'", "true", "nil",
    "batch",       "groups < 3 or bias", "error()",           "1 +",  "('x'):rep(9)"
  };
  static const char *const strength[] = { "1", "2",           "all", "{quick: 1, full: 2}",
                                          "9", "{quick: all}" };
  put(g, "sweep:\n  axes:\n");
  for (int i = 0, n = 1 + (int) pick(g, 5); i < n; i++)
    put_axis(g, i);
  if (pick(g, 3) == 2)
    put(g, "  where: \"%s\"\n", where[pick(g, COUNT(where))]);
  if (pick(g, 2))
    put(g, "  strength: %s\n", strength[pick(g, COUNT(strength))]);
}

void make_case_file (grammar *g) {
  static const char *const header[] = { "tier: full\n",   "link: https://example.org\n",
                                        "tier: slow\n",   "link: []\n",
                                        "about: again\n", "odd: 1\n" };
  const size_t parts = 1 + pick(g, 3);
  if (!errs(g))
    put(g, "about: x\n");
  if (pick(g, 4)) {
    put_clauses(g);
    put(g, "\n");
  }
  if (pick(g, 4) == 3)
    put(g, "%s", header[pick(g, errs(g) ? COUNT(header) : 2)]);
  put(g, "base: {input: [%s, 4, 5, 6], out_channels: 4, kernel_size: %s", integer(g), integer(g));
  put_keys(g, pick(g, 3));
  put(g, "}\n");
  if (parts & 1) {
    put(g, "cases:\n");
    for (size_t n = pick(g, 6) + !errs(g); n; n--)
      put_case(g);
  }
  if (parts & 2)
    put_sweep(g);
}

/* ---- expected failures */

/* The text of a YAML scalar in double quotes. */
static void put_quoted (grammar *g, void (*put_text)(grammar *)) {
  put(g, "\"");
  const size_t start = g->length;
  put_text(g);
  for (size_t i = start; i < g->length; i++)
    if (g->text[i] == '"' || g->text[i] == '\\')
      g->text[i] = '\'';
  put(g, "\"");
}

static void put_pattern (grammar *g) {
  static const char *const patterns[] = { "*mode=circular*", "*",      "[",       "***?*[!a]*",
                                          "conv2d:in=1x*",   "n[0-9]", "x.yaml#*" };
  put(g, "%s", patterns[pick(g, COUNT(patterns))]);
}

static void put_clause_id (grammar *g) {
  put(g, "%s", clause_id(g));
}

static void put_failure (grammar *g) {
  static const char *const words[] = {
    "crash", "wrong value", "leak", "rejected", "pass", "not run"
  };
  put(g, "%s", words[errs(g) ? 4 + pick(g, 2) : pick(g, 4)]);
}

static void put_text (grammar *g) {
  put(g, "%s", errs(g) ? odd[pick(g, COUNT(odd))] : "a b");
}

static void put_entry (grammar *g) {
  static const struct {
    const char *key;
    void (*put)(grammar *);
  } keys[] = { { "case", put_pattern },     { "clause", put_clause_id }, { "verdict", put_failure },
               { "where", put_expression }, { "when", put_condition },   { "sometimes", put_text },
               { "link", put_text } };
  put(g, "- {reason: r");
  for (size_t i = 0; i < COUNT(keys); i++) {
    if (i == 0 ? errs(g) : pick(g, 2) == 0) /* one condition at least */
      continue;
    put(g, ", %s: ", errs(g) ? "odd" : keys[i].key);
    if (errs(g))
      put(g, "%s", odd[pick(g, COUNT(odd))]);
    else
      put_quoted(g, keys[i].put);
  }
  put(g, "}\n");
}

void make_xfail_file (grammar *g) {
  for (size_t n = pick(g, 8) + !errs(g); n; n--)
    if (errs(g))
      put(g, "- %s\n", odd[pick(g, COUNT(odd))]);
    else
      put_entry(g);
}
