/* report.c: fields, TAP and JSON of a judged item.
   Names of cases are plain words by their grammar; whatever a subject said is made printable
   before it goes anywhere, so that it can't forge a line. */

#include "report.h"

#include "cases/suite.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void report_first (const judgement *j, char text[static 128]) {
  size_t used = 0;
  text[0] = 0;
  if (j->first.ndim < 0)
    return;
  used = (size_t) snprintf(text, 128, "%s[", job_tensor_name((int) j->tensor));
  for (int i = 0; i < j->first.ndim && used < 100; i++)
    used += (size_t) snprintf(text + used, 128 - used, "%s%" PRId64, i ? "," : "", j->first.dim[i]);
  snprintf(text + used, 128 - used, "]");
}

/* ---- fields */

typedef struct fields {
  report_field *at;
  int count;
} fields;

__attribute__((format(printf, 3, 4))) static void add (fields *f, const char *key,
                                                       const char *format, ...) {
  report_field *to = &f->at[f->count++];
  va_list args;
  va_start(args, format);
  to->key = key;
  vsnprintf(to->text, sizeof to->text, format, args);
  va_end(args);
}

/* Control bytes, quotes and what is not ASCII become '?': the text goes into many formats. */
static void make_printable (char *text) {
  for (; *text; text++)
    if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
      *text = *text == '"' ? '\'' : *text == '\n' ? ' ' : '?';
}

static void add_values (fields *f, const judgement *j) {
  char first[128];
  if (!j->mismatches)
    return;
  report_first(j, first);
  add(f, "mismatches", "%" PRId64 " of %" PRId64, j->mismatches, j->outputs);
  add(f, "first", "%s", first);
  add(f, "got", "%a (%.9g)", j->got, j->got);
  add(f, "want", "%a (%.9g)", j->want, j->want);
  add(f, "error", "%.6g times the rounding unit, %.6g allowed%s", j->error, j->allowed,
      j->allowed > 0 ? "" : ": the data are exact");
}

int report_fields (const item *it, const char *invocation, report_field out[MAX_FIELDS]) {
  char reference[MAX_ID];
  fields f = { out, 0 };
  const judgement *j = &it->j;
  case_reference(&it->c, reference);
  add(&f, "case", "%s", reference);
  if (j->clause)
    add(&f, "clause", "%s", j->clause);
  add(&f, "verdict", "%s", verdict_word(j->verdict));
  add(&f, "says", "%s", j->words);
  add_values(&f, j);
  if (it->c.meta && it->c.meta->link)
    add(&f, "link", "%s", it->c.meta->link);
  if (it->printed)
    add(&f, "printed", "%.500s", it->printed);
  if (invocation)
    add(&f, "repro", "%s repro %s '%s'", program_invocation_name, invocation, reference);
  for (int i = 0; i < f.count; i++)
    make_printable(out[i].text);
  return f.count;
}

/* ---- TAP */

/* In a description '#' would start a directive. */
static void put_description (FILE *to, const char *text) {
  for (; *text; text++)
    fputc(*text == '#' ? ':' : *text < ' ' || *text > '~' ? '?' : *text, to);
}

void report_point (FILE *to, uint64_t number, bool good, const char *name) {
  fprintf(to, "%sok %" PRIu64 " - ", good ? "" : "not ", number);
  put_description(to, name);
}

void report_skip (FILE *to, const char *why) {
  fputs(" # SKIP ", to);
  put_description(to, why);
  fputc('\n', to);
}

void report_tap (FILE *to, uint64_t number, const item *it, const char *invocation) {
  char label[MAX_ID];
  verdict_class class = verdict_class_of(it->j.verdict);
  case_label(&it->c, label);
  report_point(to, number, class == PASSED || class == SKIPPED, label);
  if (class == PASSED) {
    fputc('\n', to);
    return;
  }
  if (class == SKIPPED) {
    report_skip(to, it->j.words[0] ? it->j.words : verdict_word(it->j.verdict));
    return;
  }
  fprintf(to, ": %s", verdict_word(it->j.verdict));
  if (it->expected) {
    fputs(" # TODO ", to);
    put_description(to, it->expected);
  }
  fputs("\n  ---\n", to);
  report_field f[MAX_FIELDS];
  int count = report_fields(it, invocation, f);
  for (int i = 0; i < count; i++)
    fprintf(to, "  %s: \"%s\"\n", f[i].key, f[i].text);
  fputs("  ...\n", to);
}

/* ---- JSON */

/* JSON has no infinities: those are strings. */
static json_t *number (double v) {
  char text[40];
  if (isfinite(v))
    return json_real(v);
  snprintf(text, sizeof text, "%g", v);
  return json_string(text);
}

static void set_values (json_t *o, const judgement *j) {
  static const struct {
    const char *key;
    size_t offset;
  } table[] = { { "got", offsetof(judgement, got) },
                { "want", offsetof(judgement, want) },
                { "error", offsetof(judgement, error) },
                { "allowed", offsetof(judgement, allowed) } };
  char text[128];
  json_t *index = json_array();
  for (int i = 0; i < j->first.ndim; i++)
    json_array_append_new(index, json_integer(j->first.dim[i]));
  json_object_set_new(o, "tensor", json_string(job_tensor_name((int) j->tensor)));
  json_object_set_new(o, "first", index);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    json_object_set_new(
        o, table[i].key,
        number(*(const double *) (const void *) ((const char *) j + table[i].offset)));
  snprintf(text, sizeof text, "%a", j->got);
  json_object_set_new(o, "got_hex", json_string(text));
  snprintf(text, sizeof text, "%a", j->want);
  json_object_set_new(o, "want_hex", json_string(text));
}

/* [[element, got, want], ...] */
static json_t *first_elements (const mismatch_map *m) {
  json_t *list = json_array();
  for (int i = 0; i < m->count; i++)
    json_array_append_new(list, json_pack("[I,o,o]", (json_int_t) m->first[i].element,
                                          number(m->first[i].got), number(m->first[i].want)));
  return list;
}

static void set_map (json_t *o, const mismatch_map *m) {
  char text[MAP_SIDE + 1];
  json_t *plane = json_array(), *extents = json_array();
  for (int a = 0; a < m->of.ndim; a++)
    json_array_append_new(extents, json_integer(m->of.dim[a]));
  for (int r = 0; r < mismatch_rows(m); r++) {
    mismatch_row(m, r, text);
    json_array_append_new(plane, json_string(text));
  }
  mismatch_channels(m, text);
  json_object_set_new(o, "wrong", first_elements(m));
  json_object_set_new(
      o, "map", json_pack("{s:o,s:o,s:s}", "shape", extents, "plane", plane, "channels", text));
}

static void set_source (json_t *o, const case_meta *m) {
  json_object_set_new(o, "file", json_string(m->file));
  json_object_set_new(o, "line", json_integer(m->line));
  if (m->name)
    json_object_set_new(o, "name", json_string(m->name));
  json_t *clauses = json_array();
  for (int i = 0; m->clauses && m->clauses[i]; i++)
    json_array_append_new(clauses, json_string(m->clauses[i]));
  json_object_set_new(o, "clauses", clauses);
  if (m->link)
    json_object_set_new(o, "link", json_string(m->link));
}

static void set_text (json_t *o, const char *key, const char *text) {
  char *copy = strdup(text);
  if (!copy)
    return;
  make_printable(copy);
  json_object_set_new(o, key, json_string(copy));
  free(copy);
}

void report_json (FILE *to, const item *it) {
  char id[MAX_ID];
  const judgement *j = &it->j;
  verdict_class class = verdict_class_of(j->verdict);
  json_t *o = json_object();
  case_reference(&it->c, id);
  json_object_set_new(o, "case", json_string(id));
  if (id[0] && strchr(id, '#')) {
    case_id(&it->c, id);
    json_object_set_new(o, "id", json_string(id));
  }
  if (it->c.meta)
    set_source(o, it->c.meta);
  json_object_set_new(o, "verdict", json_string(verdict_word(j->verdict)));
  if (it->overruled)
    json_object_set_new(o, "judged", json_string(verdict_word(it->judged)));
  if (it->expected)
    set_text(o, "xfail", it->expected);
  if (j->clause)
    json_object_set_new(o, "clause", json_string(j->clause));
  if (class != PASSED || it->overruled)
    set_text(o, "words", j->words);
  if (j->outputs)
    json_object_set_new(o, "outputs", json_integer(j->outputs));
  if (j->max_error > 0) {
    json_object_set_new(o, "max_error", number(j->max_error));
    json_object_set_new(o, "rms_error", number(j->rms_error));
    json_object_set_new(o, "mean_error", number(j->mean_error));
  }
  if (j->mismatches) {
    json_object_set_new(o, "mismatches", json_integer(j->mismatches));
    set_values(o, j);
    set_map(o, &j->map);
  }
  if (it->nanoseconds)
    json_object_set_new(o, "nanoseconds", json_integer((json_int_t) it->nanoseconds));
  if (it->printed)
    set_text(o, "printed", it->printed);
  json_dumpf(o, to, JSON_COMPACT | JSON_REAL_PRECISION(9));
  fputc('\n', to);
  json_decref(o);
}
