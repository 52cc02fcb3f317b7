/* environment.c: conv2d_oracle_environment finds a floating-point environment that is spoilt. The
   definition, which is all integer code, gives the same results in it. */

#include "sample.h"
#include "../tap.h"
#include <fenv.h>
#include <string.h>
#ifdef __x86_64__
#include <xmmintrin.h>
#endif

/* Whether the definition gives in this environment what it gave in the usual one. */
static bool unmoved (sample *s, const tensor *want) {
  const DLTensor *bias = s->params.bias ? &s->bias.dl : NULL;
  conv2d_oracle_forward_definition(&s->params, &s->input.dl, &s->weight.dl, bias, &s->output.dl,
                                   NULL, NULL);
  for (int64_t i = 0; i < want->count; i++)
    if (memcmp(tensor_at(&s->output, i), tensor_at(want, i), want->dl.dtype.bits / 8) != 0)
      return false;
  return true;
}

static void in_environment (const char *name, const char *word, sample *s, const tensor *want) {
  const char *said = conv2d_oracle_environment();
  bool same = unmoved(s, want);
  fesetenv(FE_DFL_ENV);
  if (!ok(said != NULL && strstr(said, word) != NULL, "%s is detected", name))
    printf("# it said %s\n", said != NULL ? said : "nothing");
  ok(same, "%s does not move the definition", name);
}

static void spoil (sample *s, const tensor *want) {
  static const int mode[] = { FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
  static const char *const name[] = { "rounding up", "rounding down", "rounding towards zero" };

  for (int i = 0; i < 3; i++) {
    fesetround(mode[i]);
    in_environment(name[i], "rounding", s, want);
  }
#ifdef __x86_64__
  _mm_setcsr(_mm_getcsr() | 0x8000);
  in_environment("flush to zero", "results are flushed", s, want);
  _mm_setcsr(_mm_getcsr() | 0x0040);
  in_environment("denormals are zero", "operands", s, want);
#endif
}

int main (void) {
  ok(conv2d_oracle_environment() == NULL, "the usual environment is right");
  for (int f = 0; f < FORMATS; f++) {
    if (!is_float(&formats[f]))
      continue;
    sample s;
    tensor want;
    uint64_t seed = 3; /* a valid call with outputs */
    do
      sample_make(&s, &formats[f], ++seed);
    while (s.output.count < 100 && (sample_free(&s), true));
    unmoved(&s, &s.output);
    tensor_like(&want, &s.output);
    for (int64_t i = 0; i < want.count; i++)
      memcpy(tensor_at(&want, i), tensor_at(&s.output, i), want.dl.dtype.bits / 8);
    printf("# %s\n", formats[f].name);
    spoil(&s, &want);
    tensor_free(&want);
    sample_free(&s);
  }
  return done_testing();
}
