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

bool lane_reset_output (lane *l, size_t n) {
  off_t end = lseek(l->backing.printed, 0, SEEK_CUR);
  if (end > 0)
    memset(l->backing.text, 0, end < PRINTED_BYTES ? (size_t) end : PRINTED_BYTES);
  lseek(l->backing.printed, 0, SEEK_SET);
  l->wire->printed_end = l->wire->printed_count = 0;
  lane_forget_output(l);
  free(l->output);
  l->output = calloc(n, sizeof *l->output);
  l->outputs = l->output ? n : 0;
  return l->output;
}

/* Bytes printed since the last account. */
static uint32_t length_since (const lane *l) {
  off_t end = lseek(l->backing.printed, 0, SEEK_CUR);
  uint32_t at = l->wire->printed_end;
  return at < PRINTED_BYTES && end > (off_t) at && end <= PRINTED_BYTES ? (uint32_t) end - at : 0;
}

/* Ends the account at byte `end`, whatever stood after it. */
static void cut (lane *l, uint32_t end) {
  uint32_t length = length_since(l), old = l->wire->printed_end;
  if (end <= old + length)
    memset(l->backing.text + end, 0, old + length - end);
  l->wire->printed_end = end;
  lseek(l->backing.printed, (off_t) end, SEEK_SET);
}

void lane_claim_output (lane *l, int64_t i) {
  wire *w = l->wire;
  uint32_t length = length_since(l), at = w->printed_end;
  uint32_t keep = length < PRINTED_A_JOB ? length : PRINTED_A_JOB;
  if (w->printed_count == MAX_PRINTED || at + keep > PRINTED_A_BATCH)
    keep = 0;
  else
    w->printed[w->printed_count++] = (printed){ i, at, keep, keep < length };
  cut(l, at + keep);
}

account lane_account (const lane *l) {
  return (account){ l->wire->printed_count, l->wire->printed_end };
}

void lane_drop_output (lane *l, account since) {
  if (since.end > l->wire->printed_end)
    return;
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
