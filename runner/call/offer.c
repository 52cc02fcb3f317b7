/* offer.c: a case against the masks of a subject. */

#include "offer.h"

#include "dtype.h"
#include "padding_mode.h"

const char *const offer_keys[] = { "dtype", "layout", "padding_mode", "direction", NULL };

const char *subject_leaves_out (const subject_info *s, const test_case *c) {
  const conv2d_capabilities *has = &s->capabilities;
  const uint32_t called = operation_of((int32_t) c->direction)->capability;
  if (has->dtypes && !(has->dtypes & dtype_of(c->params.dtype)->bit))
    return "dtype";
  if (has->layouts && !(has->layouts >> c->layout & 1))
    return "layout";
  if (has->padding_modes && padding_mode_of(c->params.padding_mode)
      && !(has->padding_modes >> c->params.padding_mode & 1))
    return "padding_mode";
  if (has->directions && called && !(has->directions & called))
    return "direction";
  return s->functions >> c->direction & 1 ? NULL : "function";
}
