/* words.c: random words by position: Philox4x32-10, where block i of stream (role, use) is word
   4 * i and the three after it. A batch of blocks is made side by side, in vectors. */

#include "generator.h"

#include "call/processors.h"

#include <Random123/philox.h>
#include <string.h>

enum use { ELEMENTS, PAIRS, TENSOR };

enum { BATCH = CHUNK / 4 /* blocks */ };

INLINE philox4x32_ctr_t block (const generator *s, enum use use, uint64_t i) {
  const philox4x32_ctr_t counter = { { (uint32_t) i, (uint32_t) (i >> 32), (uint32_t) s->role,
                                       (uint32_t) use } };
  const philox4x32_key_t key = { { (uint32_t) s->key, (uint32_t) (s->key >> 32) } };
  return philox4x32(counter, key);
}

/* Words are kept apart by their place in a block until all are made: so compilers make vectors. */
INLINE void batch_text (const generator *from, enum use use, uint64_t first,
                        uint32_t word[static CHUNK]) {
  const generator s = { .role = from->role, .key = from->key };
  uint32_t part[4][BATCH];
  for (int i = 0; i < BATCH; i++) {
    const philox4x32_ctr_t b = block(&s, use, first + (uint64_t) i);
    part[0][i] = b.v[0];
    part[1][i] = b.v[1];
    part[2][i] = b.v[2];
    part[3][i] = b.v[3];
  }
  for (int i = 0; i < BATCH; i++)
    for (int k = 0; k < 4; k++)
      word[4 * i + k] = part[k][i];
}

/* Blocks [first, first + BATCH) of a stream. */
FOR_PROCESSORS(, void, batch,
               (const generator *s, enum use use, uint64_t first, uint32_t word[static CHUNK]),
               (s, use, first, word))

void generator_draw (const generator *s, int64_t first, int n, uint32_t *word) {
  const uint64_t start = (uint64_t) first / 4;
  uint32_t all[CHUNK];
  if (n > CHUNK / 2)
    batch(s, ELEMENTS, start, all);
  else
    for (int i = 0; i < n; i += 4)
      memcpy(all + i, block(s, ELEMENTS, start + (uint64_t) i / 4).v, 4 * sizeof *all);
  memcpy(word, all, (size_t) n * sizeof *word);
}

static uint64_t pair_of (const uint32_t *word) {
  return (uint64_t) word[0] << 32 | word[1];
}

uint64_t generator_pair (const generator *s, int64_t i) {
  const philox4x32_ctr_t b = block(s, PAIRS, (uint64_t) i / 2);
  return pair_of(b.v + i % 2 * 2);
}

void generator_pairs (const generator *s, int64_t first, uint64_t pair[static CHUNK]) {
  uint32_t word[CHUNK];
  for (int half = 0; half < 2; half++) {
    batch(s, PAIRS, (uint64_t) first / 2 + (uint64_t) (half * BATCH), word);
    for (int i = 0; i < CHUNK / 2; i++)
      pair[half * CHUNK / 2 + i] = pair_of(word + 2 * i);
  }
}

void generator_tensor (const generator *s, uint32_t word[4]) {
  const philox4x32_ctr_t b = block(s, TENSOR, 0);
  memcpy(word, b.v, sizeof b.v);
}
