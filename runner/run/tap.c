/* tap.c: writing TAP.
   No text from outside can end a line or start a directive. */

#include "tap.h"

#include "fields.h"
#include "suite/suite.h"

#include <inttypes.h>

/* In a description '#' would start a directive. */
static void put_description (FILE *to, const char *text) {
  for (; *text; text++)
    fputc(*text == '#' ? ':' : *text < ' ' || *text > '~' ? '?' : *text, to);
}

void tap_point (tap *t, bool good, const char *name) {
  t->points++;
  t->not_ok += !good;
  fprintf(t->to, "%sok %" PRIu64 " - ", good ? "" : "not ", t->points);
  put_description(t->to, name);
}

void tap_verdict (tap *t, const char *word) {
  fprintf(t->to, ": %s", word);
}

void tap_end (tap *t) {
  fputc('\n', t->to);
}

void tap_skip (tap *t, const char *why) {
  fputs(" # SKIP ", t->to);
  put_description(t->to, why);
  tap_end(t);
}

void tap_diagnose (tap *t, const char *text) {
  fputs("# ", t->to);
  for (; *text; text++)
    if (*text == '\n')
      fputs("\n# ", t->to);
    else
      fputc((unsigned char) *text < ' ' || *text == 0x7f ? '?' : *text, t->to);
  tap_end(t);
}

void tap_plan (const tap *t) {
  fprintf(t->to, "1..%" PRIu64 "\n", t->points);
}

/* ---- a judged case */

void tap_open_fields (tap *t) {
  fputs("\n  ---\n", t->to);
}

void tap_field (tap *t, const char *key, const char *text) {
  fprintf(t->to, "  %s: \"", key);
  for (; *text; text++)
    if (*text == '\n')
      fputs("\\n", t->to);
    else
      fprintf(t->to, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
  fputs("\"\n", t->to);
}

void tap_close_fields (tap *t) {
  fputs("  ...\n", t->to);
}

static void put_fields (tap *t, const item *it, const char *invocation) {
  item_field f[MAX_FIELDS];
  int count = item_fields(it, invocation, f);
  tap_open_fields(t);
  for (int i = 0; i < count; i++)
    tap_field(t, f[i].key, f[i].text);
  tap_close_fields(t);
}

void tap_item (tap *t, const item *it, const char *invocation) {
  char label[MAX_ID];
  verdict_class class = verdict_class_of(it->j.verdict);
  case_label(&it->c, label);
  tap_point(t, class == PASSED || class == SKIPPED, label);
  if (class == PASSED) {
    tap_end(t);
    return;
  }
  if (class == SKIPPED) {
    tap_skip(t, it->j.words[0] ? it->j.words : verdict_word(it->j.verdict));
    return;
  }
  tap_verdict(t, verdict_word(it->j.verdict));
  if (it->expected) {
    t->not_ok--; /* a TODO fails nothing */
    fputs(" # TODO ", t->to);
    put_description(t->to, it->expected);
  }
  put_fields(t, it, invocation);
}
