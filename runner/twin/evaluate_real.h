/* evaluate_real.h: the loops of evaluate.c for one type, REAL, with FMA and NAME (function). Only
   evaluate.c includes it, once for each type. */

#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && !defined __SANITIZE_ADDRESS__  \
    && !defined __SANITIZE_THREAD__
#define FAST __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define FAST
#endif

/* One leaf of a block: pushed, or fused into what stands there. */
FAST static void NAME (leaf)(const sums *s, const REAL *a, const REAL *b, int64_t from,
                             int64_t count, bool fused, REAL *restrict top) {
  const int64_t *a_at = s->a_at + from, *b_at = s->b_at + from;
  if (fused)
    for (int64_t i = 0; i < count; i++)
      top[i] = FMA(a[a_at[i]], b[b_at[i]], top[i]);
  else
    for (int64_t i = 0; i < count; i++)
      top[i] = a[a_at[i]] * b[b_at[i]];
}

/* The same where the block has one operand a, and neighbours read neighbouring operands b. */
FAST static void NAME (leaf_in_row)(REAL a, const REAL *restrict b, int64_t count, bool fused,
                                    REAL *restrict top) {
  if (fused)
    for (int64_t i = 0; i < count; i++)
      top[i] = FMA(a, b[i], top[i]);
  else
    for (int64_t i = 0; i < count; i++)
      top[i] = a * b[i];
}

/* How many elements from `from` on lie in one row, as leaf_in_row wants them. */
static int64_t NAME (row_length)(const sums *s, int64_t from, int64_t end) {
  int64_t n = 1;
  while (from + n < end && n < BLOCK && s->a_at[from + n] == s->a_at[from]
         && s->b_at[from + n] == s->b_at[from] + n)
    n++;
  return n;
}

static void NAME (evaluate_block)(const block *k, const REAL *a, const REAL *b, bool in_row,
                                  REAL *top, double *to) {
  const sums *s = k->s;
  for (int64_t i = 0; i < k->p->steps; i++) {
    const step t = k->p->step[i];
    if (t.kind == LEAF)
      top += BLOCK;
    if (t.kind == ADD) {
      top -= BLOCK;
      for (int64_t e = 0; e < k->count; e++)
        top[e] += top[e + BLOCK];
    } else if (t.kind == FORMAT) {
      continue;
    } else if (t.argument == s->leaves) {
      for (int64_t e = 0; e < k->count; e++)
        top[e] =
            (t.kind == FUSE ? top[e] : 0) + (REAL) (k->bias ? k->bias[s->channel[k->from + e]] : 0);
    } else if (in_row) {
      NAME(leaf_in_row)
      (a[s->a_at[k->from] + s->a_leaf[t.argument]], b + s->b_at[k->from] + s->b_leaf[t.argument],
       k->count, t.kind == FUSE, top);
    } else {
      NAME(leaf)
      (s, a + s->a_leaf[t.argument], b + s->b_leaf[t.argument], k->from, k->count, t.kind == FUSE,
       top);
    }
  }
  for (int64_t e = 0; e < k->count; e++)
    to[e] = (double) top[e];
}

static void NAME (evaluate)(const block *all, const REAL *a, const REAL *b, REAL *levels,
                            double *to) {
  block k = *all;
  for (; k.from < k.end; k.from += k.count) {
    const int64_t left = k.end - k.from, row = NAME(row_length)(k.s, k.from, k.end);
    const bool in_row = row >= 8 || row == left;
    k.count = in_row ? row : left < BLOCK ? left : BLOCK;
    NAME(evaluate_block)(&k, a, b, in_row, levels, to + (k.from - all->from));
  }
}

#undef FAST
