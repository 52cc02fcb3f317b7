/* fields.c: what a person needs to know about a failed item.
   Text that comes from a subject, a case file or a path is made printable first, so that it can't
   forge a line of the report. */

#include "fields.h"

#include "call/printable.h"
#include "suite/suite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void first_mismatch (const judgement *j, char text[static 128]) {
  size_t used = 0;
  text[0] = 0;
  if (j->first.ndim < 0)
    return;
  used = (size_t) snprintf(text, 128, "%s[", job_tensor_name((int) j->tensor));
  for (int i = 0; i < j->first.ndim && used < 100; i++)
    used += (size_t) snprintf(text + used, 128 - used, "%s%" PRId64, i ? "," : "", j->first.dim[i]);
  snprintf(text + used, 128 - used, "]%s", part_name(j->part));
}

/* ---- fields */

typedef struct fields {
  item_field *at;
  int count;
} fields;

__attribute__((format(printf, 3, 4))) static void add (fields *f, const char *key,
                                                       const char *format, ...) {
  item_field *to = &f->at[f->count++];
  va_list args;
  va_start(args, format);
  to->key = key;
  vsnprintf(to->text, sizeof to->text, format, args);
  va_end(args);
}

static void add_values (fields *f, const judgement *j) {
  char first[128];
  if (!j->mismatches)
    return;
  first_mismatch(j, first);
  add(f, "mismatches", "%" PRId64 " of %" PRId64, j->mismatches, j->outputs);
  add(f, "first", "%s", first);
  add(f, "got", "%a (%.9g)", j->got, j->got);
  add(f, "want", "%a (%.9g)", j->want, j->want);
  add(f, "error", "%.6g times the rounding unit, %.6g allowed%s", j->error, j->allowed,
      j->allowed > 0 ? "" : ": the data are exact");
}

/* The first few of the networks that have the layer, and how many more there are. */
static void add_networks (fields *f, const char *const *name) {
  enum { SHOWN = 4 };
  char text[200] = "";
  size_t count = 0, used = 0;
  for (; name[count]; count++)
    if (count < SHOWN && used < sizeof text)
      used += (size_t) snprintf(text + used, sizeof text - used, "%s%s", count ? ", " : "",
                                name[count]);
  if (count > SHOWN)
    add(f, "networks", "%s and %zu more", text, count - SHOWN);
  else
    add(f, "networks", "%s", text);
}

/* Its lines, of a long text the last ones. */
static void add_printed (fields *f, const char *text) {
  const char *from = last_lines(text, 2000);
  add(f, "printed", "%s%s", from > text ? "[...]\n" : "", from);
  char *shown = f->at[f->count - 1].text;
  make_lines_printable(shown);
  for (size_t n = strlen(shown); n > 0 && shown[n - 1] == '\n'; n--)
    shown[n - 1] = '\0';
}

/* A command for a shell that runs the item again. after: the cases to run before it, quoted
   already, or NULL */
static void add_repro (fields *f, const char *invocation, const char *after,
                       const char *reference) {
  char line[MAX_FIELD] = "";
  bool fits = add_quoted(line, sizeof line, program_invocation_name);
  size_t used = strlen(line);
  fits = fits
         && snprintf(line + used, sizeof line - used, " repro %s %s%s", invocation,
                     after ? after : "", after ? " " : "")
                < (int) (sizeof line - used);
  fits = fits && add_quoted(line, sizeof line, reference);
  add(f, "repro", "%s", fits ? line : "(the command is too long to be shown)");
}

int item_fields (const item *it, const char *invocation, item_field out[MAX_FIELDS]) {
  char reference[MAX_ID];
  fields f = { out, 0 };
  const judgement *j = &it->j;
  case_reference(&it->c, reference);
  add(&f, "case", "%s", reference);
  if (it->c.meta && it->c.meta->networks)
    add_networks(&f, it->c.meta->networks);
  if (j->clause)
    add(&f, "clause", "%s", j->clause);
  add(&f, "verdict", "%s", verdict_word(j->verdict));
  add(&f, "says", "%s", j->words);
  add_values(&f, j);
  if (it->c.meta && it->c.meta->link)
    add(&f, "link", "%s", it->c.meta->link);
  if (it->printed)
    add_printed(&f, it->printed);
  if (invocation)
    add_repro(&f, invocation, it->after, reference);
  for (int i = 0; i < f.count; i++)
    if (strcmp(out[i].key, "printed"))
      make_printable(out[i].text);
  return f.count;
}
