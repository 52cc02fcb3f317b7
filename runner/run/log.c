/* log.c: the lines of a result log.
   A log without its last line is incomplete, so log_footer writes it whatever happens. */

#include "log.h"

#include "fields.h"
#include "call/device.h"
#include "call/machine.h"
#include "call/own.h"
#include "call/printable.h"
#include "suite/suite.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

/* ---- the run */

static void set_made (json_t *o, const char *key, const char *text, void (*make)(char *)) {
  char *copy = strdup(text);
  if (!copy)
    return;
  make(copy);
  json_object_set_new(o, key, json_string(copy));
  free(copy);
}

static void set_text (json_t *o, const char *key, const char *text) {
  set_made(o, key, text, make_printable);
}

/* A list of the words; NULL: an empty one. */
static json_t *words (const char *const *word) {
  json_t *list = json_array();
  for (int i = 0; word && word[i]; i++)
    json_array_append_new(list, json_string(word[i]));
  return list;
}

/* The words of what the adapter computes itself. */
static json_t *own_words (uint32_t own) {
  json_t *list = json_array();
  for (int bit = 0; own_word(bit); bit++)
    if (own >> bit & 1)
      json_array_append_new(list, json_string(own_word(bit)));
  return list;
}

static json_t *machine_object (int threads) {
  machine m;
  machine_read(&m);
  json_t *o = json_pack("{s:I,s:i}", "processors", (json_int_t) m.processors, "threads", threads);
  set_text(o, "processor", m.processor);
  set_text(o, "features", m.features);
  set_text(o, "variables", m.variables);
  return o;
}

/* The date and the machine, as a header and a resumption have them. */
static void set_place (json_t *o) {
  char date[40];
  time_t moment = time(NULL);
  struct tm tm;
  struct utsname here = { .nodename = "" };
  uname(&here);
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&moment, &tm));
  set_text(o, "date", date);
  set_text(o, "host", here.nodename);
  set_text(o, "architecture", here.machine);
}

static json_t *offers (const subject_info *i) {
  const conv2d_capabilities *c = &i->capabilities;
  json_t *o = json_pack("{s:I,s:I,s:I,s:I,s:I,s:b}", "dtypes", (json_int_t) c->dtypes, "layouts",
                        (json_int_t) c->layouts, "padding_modes", (json_int_t) c->padding_modes,
                        "directions", (json_int_t) c->directions, "functions",
                        (json_int_t) i->functions, "strict", i->strict);
  if (i->int32_sums)
    json_object_set_new(o, "int32_sums", json_integer(i->int32_sums));
  return o;
}

static void write_line (FILE *to, json_t *o) {
  json_dumpf(o, to, JSON_COMPACT | JSON_REAL_PRECISION(9));
  fputc('\n', to);
  json_decref(o);
}

/* Where the tensors are, unless it is the host. */
static void set_device (json_t *o, DLDevice d) {
  char name[MAX_DEVICE_NAME];
  device_name(d, name);
  if (d.device_type != kDLCPU)
    set_text(o, "device", name);
}

json_t *log_describe (const log_origin *from) {
  const subject_info *i = from->subject;
  json_t *o = json_pack("{s:s,s:i}", "format", "conv2d-cts result log", "version", 1);
  set_text(o, "suite", from->version);
  set_text(o, "subject", i->name);
  set_text(o, "subject_version", i->version);
  set_text(o, "description", i->description);
  set_text(o, "url", i->url);
  set_text(o, "invocation", from->invocation);
  if (from->arguments)
    json_object_set_new(o, "arguments", words(from->arguments));
  if (from->selection)
    set_text(o, "selection", from->selection);
  set_text(o, "loading", i->loading);
  set_place(o);
  json_object_set_new(o, "claims", json_integer(i->claims));
  json_object_set_new(o, "own", own_words(i->own));
  set_text(o, "environment", i->environment);
  if (i->stated[0])
    set_text(o, "numerics", i->stated);
  set_device(o, i->device);
  json_object_set_new(o, "machine", machine_object(from->threads));
  json_object_set_new(o, "offers", offers(i));
  return o;
}

void log_header (FILE *to, const log_origin *from) {
  write_line(to, log_describe(from));
}

json_t *log_resumption (uint64_t cases, const char *changed) {
  json_t *o = json_object();
  set_place(o);
  json_object_set_new(o, "cases", json_integer((json_int_t) cases));
  if (changed[0])
    set_text(o, "changed", changed);
  return o;
}

/* ---- a case */

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
  if (j->part)
    json_object_set_new(o, "part", json_string(part_name(j->part) + 1));
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
  set_text(o, "file", m->file);
  json_object_set_new(o, "line", json_integer(m->line));
  if (m->name)
    json_object_set_new(o, "name", json_string(m->name));
  json_object_set_new(o, "clauses", words(m->clauses));
  if (m->networks)
    json_object_set_new(o, "networks", words(m->networks));
  if (m->link)
    set_text(o, "link", m->link);
}

/* A digest as 16 hexadecimal digits, where there is one. */
static void set_digest (json_t *o, const char *key, uint64_t digest) {
  char text[20];
  snprintf(text, sizeof text, "%016" PRIx64, digest);
  if (digest)
    json_object_set_new(o, key, json_string(text));
}

static void set_resumption (json_t *o, json_t **resumed) {
  if (resumed && *resumed)
    json_object_set_new(o, "resumed", *resumed);
  if (resumed)
    *resumed = NULL;
}

void log_item (FILE *to, const item *it, json_t **resumed) {
  char id[MAX_ID];
  const judgement *j = &it->j;
  verdict_class class = verdict_class_of(j->verdict);
  json_t *o = json_object();
  case_reference(&it->c, id);
  set_text(o, "case", id);
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
    set_made(o, "printed", it->printed, make_lines_printable);
  if (it->after)
    set_text(o, "after", it->after);
  set_digest(o, "answers", it->answers);
  set_digest(o, "truth", it->truth);
  if (it->control)
    json_object_set_new(o, "control", json_true());
  set_resumption(o, resumed);
  write_line(to, o);
}

/* ---- the end */

void log_footer (FILE *to, const counts *t, double seconds, run_end end, json_t **resumed) {
  uint64_t class[VERDICT_CLASSES];
  counts_classes(t, class);
  json_t *o =
      json_pack("{s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:b}", "end", 1, "cases", (json_int_t) t->cases,
                "passed", (json_int_t) class[PASSED], "skipped", (json_int_t) class[SKIPPED],
                "failed", (json_int_t) class[FAILED], "broken", (json_int_t) class[BROKEN],
                "expected", (json_int_t) t->expected, "interrupted", end == RUN_INTERRUPTED);
  if (end == RUN_OUT_OF_TIME)
    json_object_set_new(o, "out_of_time", json_true());
  json_object_set_new(o, "seconds", json_real(round(seconds * 1000) / 1000));
  set_resumption(o, resumed);
  write_line(to, o);
}
