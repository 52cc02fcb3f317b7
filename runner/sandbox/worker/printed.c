/* printed.c: accounting for the subject's output.
   The text file is looked at in memory, where a byte that is not 0 means that something was
   printed: a silent subject costs no system call. */

#include "printed.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char *text;

bool printed_open (void) {
  void *p = mmap(NULL, PRINTED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, 1, 0);
  text = p == MAP_FAILED ? NULL : p;
  return text;
}

/* Bytes printed since the last account. */
static uint32_t length_since (const wire *w) {
  uint32_t at = w->printed_end;
  if (at >= PRINTED_BYTES || text[at] == '\0')
    return 0;
  off_t end = lseek(1, 0, SEEK_CUR);
  return end > (off_t) at && end <= PRINTED_BYTES ? (uint32_t) end - at : 0;
}

/* Leaves `keep` of `length` bytes in the file. */
static void cut (wire *w, uint32_t keep, uint32_t length) {
  memset(text + w->printed_end + keep, 0, length - keep);
  w->printed_end += keep;
  lseek(1, (off_t) w->printed_end, SEEK_SET);
}

void printed_keep (wire *w, int64_t i) {
  uint32_t length = length_since(w), at = w->printed_end;
  uint32_t keep = length < PRINTED_A_JOB ? length : PRINTED_A_JOB;
  if (length == 0)
    return;
  if (w->printed_count >= MAX_PRINTED || at + keep > PRINTED_A_BATCH)
    keep = 0;
  else
    w->printed[w->printed_count++] = (printed){ i, at, keep, keep < length };
  cut(w, keep, length);
}

const char *printed_since (const wire *w) {
  return w->printed_end < PRINTED_BYTES ? text + w->printed_end : "";
}

void printed_drop (wire *w) {
  uint32_t length = length_since(w);
  if (length)
    cut(w, 0, length);
}
