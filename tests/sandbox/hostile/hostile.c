/* hostile.c: the bundled sample with a deed added.
   The sample stands in this object under another name, and does all the honest work. */

#define conv2d_subject sample
#include "../../../adapters/naive.c" /* NOLINT: under another name */
#undef conv2d_subject

#include "hostile.h"

#include <dlfcn.h>

extern CONV2D_EXPORT const conv2d_implementation conv2d_subject;

static const deed *const tables[] = { ends,         memory_deeds, process_deeds,
                                      answer_deeds, forge_deeds,  alignment_deeds,
                                      late_deeds,   hidden_deeds, guard_deeds };

/* ---- which deed */

/* True if the file is called NAME.so. */
static bool is_called (const char *file, const char *name) {
  const char *slash = strrchr(file, '/');
  const char *base = slash ? slash + 1 : file;
  size_t n = strlen(name);
  return strncmp(base, name, n) == 0 && strcmp(base + n, ".so") == 0;
}

static const deed *find_deed (void) {
  static const deed none = { "none", NULL, NOWHERE, AT_FORWARD };
  Dl_info self;
  if (!dladdr(&conv2d_subject, &self))
    return &none;
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    for (const deed *d = tables[t]; d->name; d++)
      if (is_called(self.dli_fname, d->name))
        return d;
  return &none;
}

static const deed *my_deed (void) {
  static const deed *found;
  if (!found)
    found = find_deed();
  return found;
}

static int32_t call_or_deed (const call *c, moment m) {
  const deed *d = my_deed();
  if (d->moment == m && (d->scene == EVERYWHERE || c->params->dilation[1] == d->scene))
    return d->act(c);
  return c->right(c);
}

/* ---- the functions of the interface */

typedef struct shape_call {
  call call;
  int32_t ndim;
  const int64_t *input;
  int64_t *output;
} shape_call;

static int32_t right_shape (const call *c) {
  const shape_call *s = (const shape_call *) (const void *) c;
  return sample.output_shape(c->params, s->ndim, s->input, s->output);
}

static int32_t shape (const conv2d_params *p, int32_t ndim, const int64_t *input, int64_t *output) {
  DLTensor answer = { .data = output, .ndim = ndim };
  shape_call s = { { .params = p, .output = &answer, .right = right_shape }, ndim, input, output };
  return call_or_deed(&s.call, AT_SHAPE);
}

static int32_t right_forward (const call *c) {
  return sample.forward(c->params, c->input, c->weight, c->bias, c->output);
}

static int32_t forward_or_deed (const conv2d_params *p, const DLTensor *input,
                                const DLTensor *weight, const DLTensor *bias, DLTensor *output) {
  call c = { p, input, weight, bias, output, right_forward };
  return call_or_deed(&c, AT_FORWARD);
}

typedef struct backward_call {
  call call;
  const DLTensor *grad_output;
  DLTensor *grad_weight, *grad_bias;
} backward_call;

static int32_t right_backward (const call *c) {
  const backward_call *b = (const backward_call *) (const void *) c;
  return sample.backward(c->params, c->input, c->weight, b->grad_output, c->output, b->grad_weight,
                         b->grad_bias);
}

static int32_t backward_or_deed (const conv2d_params *p, const DLTensor *input,
                                 const DLTensor *weight, const DLTensor *grad_output,
                                 DLTensor *grad_input, DLTensor *grad_weight, DLTensor *grad_bias) {
  backward_call b = {
    { p, input, weight, NULL, grad_input, right_backward }, grad_output, grad_weight, grad_bias
  };
  return call_or_deed(&b.call, AT_BACKWARD);
}

typedef struct init_call {
  call call;
  uint64_t seed;
  DLTensor *bias;
} init_call;

static int32_t right_init (const call *c) {
  const init_call *i = (const init_call *) (const void *) c;
  return sample.init_parameters(c->params, i->seed, c->output, i->bias);
}

static int32_t init_or_deed (const conv2d_params *p, uint64_t seed, DLTensor *weight,
                             DLTensor *bias) {
  init_call i = { { .params = p, .output = weight, .right = right_init }, seed, bias };
  return call_or_deed(&i.call, AT_INIT);
}

static const char *why (void) {
  return sample.last_error();
}

CONV2D_IMPLEMENT(.name = "hostile", .version = "1", .output_shape = shape,
                 .forward = forward_or_deed, .backward = backward_or_deed,
                 .init_parameters = init_or_deed, .last_error = why,
                 .claims = CONV2D_CHECKS_PARAMETERS);
