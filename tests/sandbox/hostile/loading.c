/* loading.c: subjects that go wrong while they are opened. Each is this file with one of the macros
   below set on the compiler's command line (hostile.mk). */

#include "../../../include/conv2d_abi.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#if defined __x86_64__
#include <xmmintrin.h>
#endif

#ifndef WHILE_LOADING
#define WHILE_LOADING
#endif
#ifndef SYMBOL
#define SYMBOL conv2d_subject
#endif
#ifndef ABI
#define ABI CONV2D_ABI
#endif
#ifndef SIZE
#define SIZE sizeof(conv2d_implementation)
#endif
#ifndef NAME
#define NAME "loading"
#endif
#ifndef SHAPE
#define SHAPE output_shape
#endif
#ifndef FORWARD
#define FORWARD forward
#endif
#ifndef SLACK
#define SLACK 0
#endif
#ifndef CLAIMS
#define CLAIMS 0
#endif
#ifndef OWN
#define OWN 0
#endif
#ifndef JOBS
#define JOBS 0
#endif
#ifndef OFFERS
#define OFFERS 0, 0, 0, 0
#endif

__attribute__((constructor)) static void while_loading (void) {
  __attribute__((unused)) static int *volatile nowhere;
  WHILE_LOADING;
}

#ifdef NEEDS
extern int NEEDS (void);
int needs_it (void);
int needs_it (void) {
  return NEEDS();
}
#endif

__attribute__((unused)) static int32_t output_shape (const conv2d_params *p, int32_t ndim,
                                                     const int64_t *input, int64_t *output) {
  (void) p, (void) ndim, (void) input, (void) output;
  return CONV2D_UNSUPPORTED;
}

__attribute__((unused)) static int32_t forward (const conv2d_params *p, const DLTensor *input,
                                                const DLTensor *weight, const DLTensor *bias,
                                                DLTensor *output) {
  (void) p, (void) input, (void) weight, (void) bias, (void) output;
  return CONV2D_UNSUPPORTED;
}

static const conv2d_capabilities offers = { OFFERS };

extern CONV2D_EXPORT const conv2d_implementation SYMBOL;
const conv2d_implementation SYMBOL = { .abi = ABI,
                                       .size = SIZE,
                                       .name = NAME,
                                       .output_shape = SHAPE,
                                       .forward = FORWARD,
                                       .claims = CLAIMS,
                                       .read_slack = SLACK,
                                       .capabilities = &offers,
                                       .own = OWN,
                                       .jobs = JOBS };
