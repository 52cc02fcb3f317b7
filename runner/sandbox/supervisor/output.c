/* output.c: what the subject prints, job by job.
   Descriptors 1 and 2 of a worker are one file of fixed size in memory; the worker notes which part
   belongs to which job, and the position is shared with us, so nothing is lost when it dies. */

#include "lane.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void lane_forget_output (lane *l) {
  for (size_t i = 0; i < l->outputs; i++)
    free(l->output[i]);
  l->outputs = 0;
}

/* ---- the text file; no number in it is believed */

/* Bytes that are accounted for. */
static uint32_t accounted (const lane *l) {
  const uint32_t at = *(const volatile uint32_t *) &l->wire->printed_end;
  return at < PRINTED_BYTES ? at : PRINTED_BYTES;
}

/* Bytes that are written. */
static uint32_t written (const lane *l) {
  const off_t end = lseek(l->backing.printed, 0, SEEK_CUR);
  return end < 0 ? 0 : end < PRINTED_BYTES ? (uint32_t) end : PRINTED_BYTES;
}

/* Ends the account and the text at byte `end`. */
static void cut (lane *l, uint32_t end) {
  const uint32_t old = written(l);
  if (end < old)
    memset(l->backing.text + end, 0, old - end);
  l->wire->printed_end = end;
  lseek(l->backing.printed, (off_t) end, SEEK_SET);
}

void lane_last_output (const lane *l, char *text, size_t size) {
  const uint32_t from = accounted(l), to = written(l);
  size_t n = from < to ? strnlen(l->backing.text + from, to - from) : 0;
  n = n < size ? n : size - 1;
  memcpy(text, l->backing.text + from, n);
  text[n] = '\0';
}

bool lane_reset_output (lane *l, size_t n) {
  cut(l, 0);
  l->wire->printed_count = 0;
  lane_forget_output(l);
  free(l->output);
  l->output = calloc(n, sizeof *l->output);
  l->outputs = l->output ? n : 0;
  return l->output;
}

void lane_claim_output (lane *l, int64_t i) {
  wire *w = l->wire;
  const uint32_t at = accounted(l), end = written(l), count = w->printed_count;
  const uint32_t length = at < end ? end - at : 0;
  uint32_t keep = length < PRINTED_A_JOB ? length : PRINTED_A_JOB;
  if (count >= MAX_PRINTED || at + keep > PRINTED_A_BATCH)
    keep = 0;
  else {
    w->printed[count] = (printed){ i, at, keep, keep < length };
    w->printed_count = count + 1;
  }
  cut(l, at + keep);
}

account lane_account (const lane *l) {
  const uint32_t count = l->wire->printed_count;
  return (account){ count < MAX_PRINTED ? count : MAX_PRINTED, accounted(l) };
}

void lane_mend_output (lane *l) {
  const account a = lane_account(l);
  l->wire->printed_count = a.count;
  l->wire->printed_end = a.end;
}

void lane_drop_output (lane *l, account since) {
  l->wire->printed_count = since.count;
  cut(l, since.end);
}

/* Adds a part to what is known of a job's output, with bytes that would end the string shown as
   question marks. */
static void append (char **known, const char *text, const printed *p) {
  static const char more[] = "\n[cut]\n";
  size_t old = *known ? strlen(*known) : 0;
  char *s = realloc(*known, old + p->length + sizeof more);
  if (!s)
    return;
  *known = s;
  s += old;
  for (uint32_t i = 0; i < p->length; i++)
    s[i] = text[p->at + i] ? text[p->at + i] : '?';
  memcpy(s + p->length, p->cut ? more : "", p->cut ? sizeof more : 1);
}

void lane_collect_output (lane *l) {
  const wire *w = l->wire;
  for (uint32_t i = 0; i < w->printed_count && i < MAX_PRINTED; i++) {
    printed p = w->printed[i];
    bool sane = p.job >= 0 && (size_t) p.job < l->outputs && p.at < PRINTED_BYTES
                && p.length <= PRINTED_BYTES - p.at && p.length > 0;
    if (sane)
      append(&l->output[p.job], l->backing.text, &p);
  }
}

const char *lane_output (lane *l, size_t i) {
  return i < l->outputs ? l->output[i] : NULL;
}
