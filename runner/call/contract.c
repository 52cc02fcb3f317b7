/* contract.c: the words of numeric contracts. */

#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is known */

const numerics_preset numerics_presets[] = {
  { "tf32", "float32", "operands=11" },
  { "3xtf32", "float32", "operands=11,splits=2" },
  { "bf16", "float32", "operands=8" },
  { "bf16x3", "float32", "operands=8,splits=2" },
  { "f16-accumulate", "float16", "accumulator=float16" },
  { "bf16-accumulate", "bfloat16", "accumulator=bfloat16" },
  { "tensor-core", "float16 bfloat16", "align=24,accumulator-cut" },
  { "tf32-tensor-core", "float32", "operands=11,align=24,accumulator-cut" },
  { 0 }
};

static const char fields[] =
    "operands=BITS, operands-cut, splits=N, accumulator=DTYPE, accumulator-cut, "
    "align=BITS, store=DTYPE, store-every=TERMS, result-cut, saturate, flush";

static const numerics_preset *find_preset (const char *name) {
  for (const numerics_preset *p = numerics_presets; p->name; p++)
    if (!strcmp(p->name, name))
      return p;
  return NULL;
}

/* ---- a word */

static bool read_count (const char *name, const char *value, int64_t least, int64_t most,
                        int64_t *to, error *e) {
  char *end;
  const long long v = strtoll(value, &end, 10);
  if (end == value || *end || v < least || v > most)
    return fail(e, BAD_INPUT, "numerics: %s=%s: a number from %lld to %lld is expected", name,
                value, (long long) least, (long long) most);
  *to = v;
  return true;
}

static bool read_bits (const char *name, const char *value, int64_t least, int64_t most,
                       int32_t *to, error *e) {
  int64_t v;
  if (!read_count(name, value, least, most, &v, e))
    return false;
  *to = (int32_t) v;
  return true;
}

static bool read_float (const char *name, const char *value, DLDataType *to, error *e) {
  DLDataType t;
  if (!dtype_parse(value, &t) || is_integer(t))
    return fail(e, BAD_INPUT, "numerics: %s=%s: a floating-point dtype is expected", name, value);
  *to = t;
  return true;
}

static bool read_flag (const char *word, contract *c) {
  const struct {
    const char *word;
    bool *flag;
  } flags[] = { { "operands-cut", &c->operands_cut },
                { "accumulator-cut", &c->sum_cut },
                { "result-cut", &c->result_cut },
                { "saturate", &c->saturate },
                { "flush", &c->flush } };
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    if (!strcmp(flags[i].word, word))
      return *flags[i].flag = true;
  return false;
}

static bool read_field (const char *name, const char *value, contract *c, error *e) {
  if (!strcmp(name, "operands"))
    return read_bits(name, value, 2, 53, &c->operands, e);
  if (!strcmp(name, "splits"))
    return read_bits(name, value, 1, 3, &c->splits, e);
  if (!strcmp(name, "align"))
    return read_bits(name, value, 8, 64, &c->align, e);
  if (!strcmp(name, "store-every"))
    return read_count(name, value, 1, INT64_MAX, &c->every, e);
  if (!strcmp(name, "accumulator"))
    return read_float(name, value, &c->sum, e);
  if (!strcmp(name, "store"))
    return read_float(name, value, &c->stored, e);
  return fail(e, BAD_INPUT, "numerics: nothing is called '%s'; known are %s", name, fields);
}

static bool list_presets (const char *word, error *e) {
  char names[200] = "";
  for (const numerics_preset *p = numerics_presets; p->name; p++) {
    strcat(names, *names ? ", " : "");
    strcat(names, p->name);
  }
  return fail(e, BAD_INPUT, "numerics: '%s' is not known; known are %s; or %s", word, names,
              fields);
}

static bool read_words (char *text, contract *c, error *e);

static bool read_word (char *word, contract *c, error *e) {
  const numerics_preset *p = find_preset(word);
  char *value = strchr(word, '=');
  if (p) {
    char means[100];
    strcpy(means, p->means);
    return read_words(means, c, e);
  }
  if (read_flag(word, c))
    return true;
  if (!value)
    return list_presets(word, e);
  *value = '\0';
  return read_field(word, value + 1, c, e);
}

/* ---- a contract */

static char *trim (char *text) {
  text += strspn(text, " ");
  for (char *end = text + strlen(text); end > text && end[-1] == ' ';)
    *--end = '\0';
  return text;
}

static bool read_words (char *text, contract *c, error *e) {
  char *rest = text;
  for (char *word; (word = strsep(&rest, ",")) != NULL;)
    if (!read_word(trim(word), c, e))
      return false;
  return true;
}

/* Of integers nothing is open but what happens to a sum that is too large. */
static bool fits_integers (const contract *c, const char *list, error *e) {
  DLDataType t;
  if (!list || !dtype_parse(list, &t) || !is_integer(t))
    return true;
  if (t.bits == 64)
    return fail(e, BAD_INPUT, "numerics: %s: the sums of int64 are not known", list);
  return !(c->operands || c->splits || c->sum.bits || c->sum_cut || c->align || c->stored.bits
           || c->result_cut || c->flush)
         || fail(e, BAD_INPUT, "numerics: %s: integers may be said to saturate, no more", list);
}

static bool is_whole (const contract *c, error *e) {
  if (!c->operands && (c->splits || c->operands_cut))
    return fail(e, BAD_INPUT, "numerics: %s needs operands=BITS",
                c->splits ? "splits" : "operands-cut");
  if (!c->stored.bits != !c->every)
    return fail(e, BAD_INPUT, "numerics: store and store-every need each other");
  return true;
}

/* Whether a word is in a list of words; NULL has all. */
static bool lists (const char *list, const char *word) {
  const size_t n = strlen(word);
  for (const char *at = list; at && *at; at += strcspn(at, " "), at += strspn(at, " "))
    if (strcspn(at, " ") == n && !strncmp(at, word, n))
      return true;
  return !list;
}

/* Gives the contract to the dtypes that are listed; NULL: all floating-point ones. */
static void give (numerics *n, const contract *c, const char *list) {
  for (int i = 0; dtypes[i].name; i++)
    if ((list || dtypes[i].precision) && lists(list, dtypes[i].name))
      n->of[i] = *c;
}

/* Splits "float16: ..." at the colon. *list: the dtypes that it is about, or NULL. */
static bool read_dtypes (char **text, const char **list, error *e) {
  char *colon = strchr(*text, ':');
  const numerics_preset *p;
  DLDataType t;
  if (!colon) {
    char first[40] = "";
    sscanf(*text, "%39[^, ]", first);
    p = find_preset(first);
    *list = p ? p->dtypes : NULL;
    return true;
  }
  *colon = '\0';
  *list = trim(*text);
  *text = trim(colon + 1);
  return (dtype_parse(*list, &t) && (*list = dtype_name(t)))
         || fail(e, BAD_INPUT, "numerics: '%s:': a dtype is expected before the colon", *list);
}

static bool read_contract (char *text, numerics *n, error *e) {
  contract c = { .stated = true };
  const char *list;
  text = trim(text);
  if (!read_dtypes(&text, &list, e) || !read_words(text, &c, e) || !is_whole(&c, e)
      || !fits_integers(&c, list, e))
    return false;
  give(n, &c, list);
  return true;
}

bool numerics_parse (const char *text, numerics *n, error *e) {
  char copy[MAX_NUMERICS];
  *n = (numerics){ 0 };
  if (strlen(text) >= sizeof copy)
    return fail(e, BAD_INPUT, "numerics: at most %d characters are expected", MAX_NUMERICS - 1);
  strcpy(copy, text);
  char *rest = *trim(copy) ? copy : NULL;
  for (char *part; (part = strsep(&rest, ";")) != NULL;)
    if (!read_contract(part, n, e))
      return false;
  return true;
}

const contract *contract_for (const numerics *n, DLDataType t) {
  static const contract nothing = { 0 };
  const dtype *d = dtype_of(t);
  return d ? &n->of[d - dtypes] : &nothing;
}
