/* seal.c: the checksum, of eight bytes at a time. */

#include "seal.h"

#include <string.h>

static uint64_t add_word (uint64_t sum, uint64_t word) {
  sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  return sum ^ sum >> 32;
}

static uint64_t word_at (const unsigned char *p) {
  uint64_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

/* Four sums side by side, so that no multiplication waits for the one before. */
static uint64_t add_bytes (uint64_t sum, const unsigned char *p, size_t bytes) {
  uint64_t s[4] = { sum, ~sum, sum << 1, sum >> 1 }, last = 0;
  for (; bytes >= 32; p += 32, bytes -= 32)
    for (int k = 0; k < 4; k++)
      s[k] = add_word(s[k], word_at(p + 8 * k));
  for (; bytes >= 8; p += 8, bytes -= 8)
    s[0] = add_word(s[0], word_at(p));
  memcpy(&last, p, bytes);
  return add_word(add_word(s[0], s[1]) ^ s[2], last ^ add_word(s[3], bytes));
}

uint64_t seal_of (const job *question, const job *answer, const unsigned char *arena,
                  size_t second) {
  const size_t from = offsetof(job, end), to = offsetof(job, seal);
  uint64_t sum = add_bytes(0, (const unsigned char *) answer + from, to - from);
  for (int t = 0; t < JOB_TENSORS; t++) {
    const place *p = &question->tensor[t];
    if (!p->present || !tensor_is_output(question, t))
      continue;
    sum = add_bytes(sum, arena + p->offset, p->bytes);
    if (answer->second == 1)
      sum = add_bytes(sum, arena + p->offset + second, p->bytes);
  }
  return sum;
}
