/* offer.c: a case against the masks of a subject. */

#include "offer.h"

#include "dtype.h"
#include "padding_mode.h"

const char *const offer_keys[] = { "dtype", "layout", "padding_mode", "direction", NULL };

/* Whether the subject gives sums of the dtypes of input and weight as they are. */
static bool offers_sums (const subject_info *s, const test_case *c) {
  const bool u8 = c->params.dtype.code == kDLUInt;
  const bool w8 = (c->weight_dtype.bits ? c->weight_dtype : c->params.dtype).code == kDLUInt;
  return s->int32_sums & (u8 ? w8 ? CONV2D_U8_U8 : CONV2D_U8_I8 : w8 ? CONV2D_I8_U8 : CONV2D_I8_I8);
}

static bool offers_dtype (const subject_info *s, const test_case *c) {
  const uint32_t has = s->capabilities.dtypes;
  if (c->result_dtype.bits)
    return offers_sums(s, c);
  return has ? has & dtype_of(c->params.dtype)->bit : !s->int32_sums;
}

const char *subject_leaves_out (const subject_info *s, const test_case *c) {
  const conv2d_capabilities *has = &s->capabilities;
  const uint32_t called = operation_of((int32_t) c->direction)->capability;
  if (!offers_dtype(s, c))
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
