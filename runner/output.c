/* output.c: what the subject prints, job by job.
   Descriptors 1 and 2 of a worker are one file of fixed size in memory; the worker notes which part
   belongs to which job, and the position is shared with us, so nothing is lost when it dies. */

#include "lane.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
lane_forget_output (lane *l)
{
  for (size_t i = 0; i < l->outputs; i++)
    free(l->output[i]);
  l->outputs = 0;
}

bool
lane_reset_output (lane *l, size_t n)
{
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

void
lane_claim_output (lane *l, int64_t i)
{
  wire *w = l->wire;
  off_t end = lseek(l->backing.printed, 0, SEEK_CUR);
  uint32_t at = w->printed_end;
  if (at >= PRINTED_BYTES || end <= (off_t) at || end > PRINTED_BYTES)
    return;
  uint32_t length = (uint32_t) end - at;
  uint32_t keep = length < PRINTED_A_JOB ? length : PRINTED_A_JOB;
  if (w->printed_count < MAX_PRINTED)
    w->printed[w->printed_count++] = (printed) { i, at, keep, keep < length };
  memset(l->backing.text + at + keep, 0, length - keep);
  w->printed_end = at + keep;
  lseek(l->backing.printed, (off_t) w->printed_end, SEEK_SET);
}

/* The text as a string: bytes that would end it are shown as question marks. */
static char *
string_of (const char *text, const printed *p)
{
  static const char more[] = "\n[cut]";
  char *s = malloc(p->length + sizeof more);
  if (!s)
    return NULL;
  for (uint32_t i = 0; i < p->length; i++)
    s[i] = text[p->at + i] ? text[p->at + i] : '?';
  memcpy(s + p->length, p->cut ? more : "", p->cut ? sizeof more : 1);
  return s;
}

void
lane_collect_output (lane *l)
{
  const wire *w = l->wire;
  for (uint32_t i = 0; i < w->printed_count && i < MAX_PRINTED; i++) {
    printed p = w->printed[i];
    bool sane = p.job >= 0 && (size_t) p.job < l->outputs && p.at < PRINTED_BYTES
                && p.length <= PRINTED_BYTES - p.at && p.length > 0;
    if (sane && !l->output[p.job])
      l->output[p.job] = string_of(l->backing.text, &p);
  }
}

const char *
lane_output (lane *l, size_t i)
{
  return i < l->outputs ? l->output[i] : NULL;
}
