/* restore.c: the inverse of log.c, as far as counting, TAP and reports need it. */

#include "restore.h"

#include "call/printable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the first line */

static void add_change (char changed[static MAX_CHANGED], const char *key, json_t *then,
                        json_t *now) {
  const size_t used = strlen(changed);
  char *was = json_dumps(then ? then : json_null(), JSON_ENCODE_ANY | JSON_COMPACT);
  char *is = json_dumps(now, JSON_ENCODE_ANY | JSON_COMPACT);
  if (was && is && used < MAX_CHANGED)
    snprintf(changed + used, MAX_CHANGED - used, "%s%s was %s, and is %s", used ? "; " : "", key,
             was, is);
  free(was);
  free(is);
  make_printable(changed);
}

/* Compares the two first lines. */
static tolerance find_changes (const json_t *old, const json_t *new,
                               char changed[static MAX_CHANGED]) {
  static const struct {
    const char *key;
    tolerance needed;
  } keys[] = { { "subject", SAME_CASES },        { "subject_version", SAME_CASES },
               { "suite", SAME_CASES },          { "claims", SAME_CASES },
               { "offers", SAME_CASES },         { "host", SAME_SUBJECT },
               { "architecture", SAME_SUBJECT }, { "machine", SAME_SUBJECT } };
  tolerance needed = SAME_ALL;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    json_t *then = json_object_get(old, keys[i].key), *now = json_object_get(new, keys[i].key);
    if (json_equal(then, now))
      continue;
    add_change(changed, keys[i].key, then, now);
    needed = keys[i].needed > needed ? keys[i].needed : needed;
  }
  return needed;
}

bool restore_header (const char *line, const char *path, const log_origin *now,
                     char changed[static MAX_CHANGED], tolerance *needed, error *e) {
  json_error_t problem;
  json_t *old = json_loads(line, 0, &problem), *new = log_describe(now);
  const bool good = json_equal(json_object_get(old, "format"), json_object_get(new, "format"))
                    && json_equal(json_object_get(old, "version"), json_object_get(new, "version"));
  changed[0] = 0;
  if (good)
    *needed = find_changes(old, new, changed);
  json_decref(old);
  json_decref(new);
  return good
         || fail(e, BAD_INPUT,
                 "%s:1: this is no result log of this version, which a run could go on with", path);
}

/* ---- a case */

static const char *text_of (const json_t *o, const char *key) {
  return json_string_value(json_object_get(o, key));
}

static void copy_text (const json_t *o, const char *key, char *to, size_t room) {
  const char *text = text_of(o, key);
  snprintf(to, room, "%s", text ? text : "");
}

static char *text_copy (const json_t *o, const char *key) {
  const char *text = text_of(o, key);
  return text ? strdup(text) : NULL;
}

/* A number; those that JSON does not have are texts: "inf", "0x1.8p+1". */
static double number_of (const json_t *o, const char *key) {
  const json_t *v = json_object_get(o, key);
  const char *text = json_string_value(v);
  return text ? strtod(text, NULL) : json_number_value(v);
}

static enum job_tensor tensor_named (const char *name) {
  const int t = job_tensor_named(name);
  return t == JOB_TENSORS ? JOB_OUTPUT : (enum job_tensor) t;
}

static shape indices_of (const json_t *list) {
  shape s = { .ndim = list ? 0 : -1 };
  for (; s.ndim >= 0 && s.ndim < MAX_NDIM && (size_t) s.ndim < json_array_size(list); s.ndim++)
    s.dim[s.ndim] = json_integer_value(json_array_get(list, (size_t) s.ndim));
  return s;
}

static uint64_t digest_of (const json_t *o, const char *key) {
  const char *text = text_of(o, key);
  return text ? strtoull(text, NULL, 16) : 0;
}

static int part_of (const char *name) {
  int part = name ? 2 : 0;
  while (part > 0 && strcmp(part_name(part) + 1, name) != 0)
    part--;
  return part;
}

static void restore_judgement (const json_t *o, const spec *sp, judgement *j) {
  const char *clause_id = text_of(o, "clause");
  const clause *broken = clause_id ? spec_find(sp, clause_id) : NULL;
  *j = (judgement){ .clause = broken ? broken->id : NULL,
                    .outputs = json_integer_value(json_object_get(o, "outputs")),
                    .mismatches = json_integer_value(json_object_get(o, "mismatches")),
                    .tensor = tensor_named(text_of(o, "tensor")),
                    .first = indices_of(json_object_get(o, "first")),
                    .part = part_of(text_of(o, "part")),
                    .got = number_of(o, "got_hex"),
                    .want = number_of(o, "want_hex"),
                    .error = number_of(o, "error"),
                    .allowed = number_of(o, "allowed"),
                    .max_error = number_of(o, "max_error"),
                    .rms_error = number_of(o, "rms_error"),
                    .mean_error = number_of(o, "mean_error") };
  copy_text(o, "words", j->words, sizeof j->words);
}

static bool restore_item (const json_t *o, const spec *sp, item *it) {
  const verdict said = verdict_named(text_of(o, "verdict"));
  const char *judged = text_of(o, "judged");
  if (said == VERDICT_COUNT || (judged && verdict_named(judged) == VERDICT_COUNT))
    return false;
  restore_judgement(o, sp, &it->j);
  it->j.verdict = said;
  it->overruled = judged != NULL;
  it->judged = judged ? verdict_named(judged) : said;
  it->control = json_is_true(json_object_get(o, "control"));
  it->answers = digest_of(o, "answers");
  it->truth = digest_of(o, "truth");
  it->nanoseconds = (uint64_t) json_integer_value(json_object_get(o, "nanoseconds"));
  it->printed = text_copy(o, "printed");
  it->after = text_copy(o, "after");
  return true;
}

/* ---- a line */

static restored restore_object (const json_t *o, const spec *sp, item *it,
                                char reference[static MAX_ID], error *e) {
  const char *name = text_of(o, "case");
  if (json_object_get(o, "order"))
    return RESTORED_OTHER;
  if (json_object_get(o, "end"))
    return json_is_true(json_object_get(o, "interrupted"))
                   || json_is_true(json_object_get(o, "out_of_time"))
               ? RESTORED_NOT
               : RESTORED_END;
  if (!name || strlen(name) >= MAX_ID || !restore_item(o, sp, it)) {
    fail(e, BAD_INPUT, "this is neither a case with a verdict nor the end of a log");
    return RESTORED_WRONG;
  }
  strcpy(reference, name);
  return it->j.verdict == V_NOT_RUN ? RESTORED_NOT : RESTORED_CASE;
}

restored restore_line (const char *line, const spec *sp, item *it, char reference[static MAX_ID],
                       error *e) {
  json_error_t problem;
  const size_t length = strlen(line);
  if (!length || line[length - 1] != '\n')
    return RESTORED_NOT;
  json_t *o = json_loads(line, 0, &problem);
  it->printed = it->after = NULL;
  if (!json_is_object(o)) {
    fail(e, BAD_INPUT, "column %d: %s", problem.column, problem.text);
    json_decref(o);
    return RESTORED_WRONG;
  }
  const restored found = restore_object(o, sp, it, reference, e);
  json_decref(o);
  return found;
}
