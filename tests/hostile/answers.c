/* answers.c: deeds to the answer itself, and to whoever reads it. */

#include "hostile.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static float *result (const call *c) {
  return c->output->data;
}

/* ---- unsteady answers */

static int32_t counts_calls (const call *c) {
  static int calls;
  int32_t status = c->right(c);
  *result(c) += (float) calls++;
  return status;
}

/* All NaNs are one, whatever the bits behind the point. */
static int32_t varies_payload (const call *c) {
  static uint32_t calls;
  int32_t status = c->right(c);
  uint32_t *out = c->output->data;
  calls++;
  for (int64_t i = 0; i < count(c->output); i++)
    if ((out[i] & 0x7f800000) == 0x7f800000 && out[i] & 0x7fffff)
      out[i] = (out[i] & 0x7fc00000) | (calls & 0xffff) | calls << 31;
  return status;
}

static int32_t refuses_every_other (const call *c) {
  static int calls;
  return calls++ % 2 ? CONV2D_FAILED : c->right(c);
}

static int32_t draws_lots (const call *c) {
  static uint64_t state = 1;
  int32_t status = c->right(c);
  float *first = c->output->data;
  state = state * 6364136223846793005u + 1;
  *first += (float) (state >> 40) * 0x1p-40f;
  return status;
}

/* Remembers the first weights that it sees, as a cache of packed weights may. */
static int32_t caches_weight (const call *c) {
  static float packed[64];
  static int filled;
  call with = *c;
  DLTensor cached = *c->weight;
  if (count(c->weight) != 64 || c->weight->dtype.bits != 32 || c->weight->strides[3] != 1)
    return c->right(c);
  if (!filled++)
    memcpy(packed, c->weight->data, sizeof packed);
  cached.data = packed;
  if (c->params->dilation[1] == PLAIN)
    with.weight = &cached;
  return with.right(&with);
}

/* The first answer of each size is given again. */
static int32_t answers_again (const call *c) {
  static float known[4096];
  static int64_t elements;
  const int64_t n = count(c->output);
  int32_t status = c->right(c);
  if (status != CONV2D_OK || c->output->dtype.bits != 32 || n > 4096)
    return status;
  if (n == elements)
    memcpy(c->output->data, known, (size_t) n * sizeof *known);
  memcpy(known, c->output->data, (size_t) n * sizeof *known);
  elements = n;
  return status;
}

/* The padding mode is looked at in the first call only. */
static int32_t keeps_mode (const call *c) {
  static int filled;
  static int32_t mode;
  conv2d_params params = *c->params;
  call with = *c;
  if (!filled++)
    mode = params.padding_mode;
  params.padding_mode = mode;
  with.params = &params;
  return c->right(&with);
}

/* ---- threads */

/* All calls work in one buffer. */
static int32_t shares_buffer (const call *c) {
  static char scratch[1 << 15];
  int32_t status = c->right(c);
  size_t bytes = (size_t) count(c->output) * c->output->dtype.bits / 8;
  memcpy(scratch, c->output->data, bytes);
  usleep(200);
  memcpy(c->output->data, scratch, bytes);
  return status;
}

static int inside;

static int32_t crashes_together (const call *c) {
  __atomic_fetch_add(&inside, 1, __ATOMIC_SEQ_CST);
  usleep(200);
  if (__atomic_load_n(&inside, __ATOMIC_SEQ_CST) > 1)
    abort();
  __atomic_fetch_sub(&inside, 1, __ATOMIC_SEQ_CST);
  return c->right(c);
}

static pthread_key_t parting;
static pthread_once_t parting_made = PTHREAD_ONCE_INIT;

static void part (void *unused) {
  (void) unused;
  abort();
}

static void make_parting (void) {
  pthread_key_create(&parting, part);
}

/* All is well until a thread other than the first ends. */
static int32_t crashes_at_join (const call *c) {
  pthread_once(&parting_made, make_parting);
  pthread_setspecific(parting, gettid() == getpid() ? NULL : &parting);
  return c->right(c);
}

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

/* Two locks in two orders. */
static int32_t deadlocks_together (const call *c) {
  static int calls;
  int turned = __atomic_fetch_add(&calls, 1, __ATOMIC_SEQ_CST) % 2;
  pthread_mutex_lock(turned ? &second : &first);
  usleep(500);
  pthread_mutex_lock(turned ? &first : &second);
  pthread_mutex_unlock(&first);
  pthread_mutex_unlock(&second);
  return c->right(c);
}

/* ---- what is printed */

static int32_t forges_tap (const call *c) {
  printf("\nnot ok 1 - forged\nBail out!\n1..0\n");
  fprintf(stderr, "\x1b[2J\xff\xfe{\"end\": true}\n");
  return c->right(c);
}

static int32_t prints_much (const call *c) {
  for (int i = 0; i < 200000; i++)
    printf("%079d\n", i);
  return c->right(c);
}

static int32_t prints_a_line (const call *c) {
  printf("computing\n");
  return c->right(c);
}

/* ---- one case in a hundred */

/* A number that any two geometries are unlikely to share; percent.t computes it too. */
static uint64_t number_of (const call *c) {
  const int64_t parts[] = { count(c->input),           c->params->out_channels,
                            c->params->kernel_size[0], c->params->kernel_size[1],
                            c->params->stride[0],      c->params->stride[1],
                            c->params->dilation[0],    c->params->dilation[1],
                            c->params->groups };
  uint64_t n = 14;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    n = (n + (uint64_t) parts[i]) * 6364136223846793005u + 1442695040888963407u;
  return n >> 33;
}

/* Of the calls that give something. */
static int32_t strikes_some (const call *c) {
  uint64_t lot = number_of(c) % 100;
  int32_t status = c->right(c);
  if (status != CONV2D_OK || count(c->output) == 0)
    return status;
  if (lot == 0)
    abort();
  while (lot == 1)
    pause();
  return status;
}

/* ---- statuses */

static int32_t gives_no_status (const call *c) {
  (void) c;
  return 42;
}

static int32_t gives_up (const call *c) {
  (void) c;
  return CONV2D_FAILED;
}

const deed answer_deeds[] = { { "count-calls", counts_calls, PLAIN, AT_FORWARD },
                              { "nan-payload", varies_payload, NANS, AT_FORWARD },
                              { "every-other", refuses_every_other, PLAIN, AT_FORWARD },
                              { "random-init", draws_lots, PARAMETERS, AT_INIT },
                              { "stale-cache", caches_weight, EVERYWHERE, AT_FORWARD },
                              { "answer-again", answers_again, EVERYWHERE, AT_FORWARD },
                              { "keep-mode", keeps_mode, EVERYWHERE, AT_FORWARD },
                              { "shared-buffer", shares_buffer, EVERYWHERE, AT_FORWARD },
                              { "crash-together", crashes_together, EVERYWHERE, AT_FORWARD },
                              { "crash-at-join", crashes_at_join, EVERYWHERE, AT_FORWARD },
                              { "deadlock-together", deadlocks_together, EVERYWHERE, AT_FORWARD },
                              { "forge-tap", forges_tap, PLAIN, AT_FORWARD },
                              { "print-much", prints_much, PLAIN, AT_FORWARD },
                              { "print-line", prints_a_line, PLAIN, AT_FORWARD },
                              { "one-percent", strikes_some, EVERYWHERE, AT_FORWARD },
                              { "no-status", gives_no_status, PLAIN, AT_FORWARD },
                              { "give-up", gives_up, PLAIN, AT_FORWARD },
                              { NULL, NULL, NOWHERE, AT_FORWARD } };
