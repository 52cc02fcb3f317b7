/* complex_call.h: calls of complex64 and complex128. */

#ifndef COMPLEX_CALL_H
#define COMPLEX_CALL_H

#include "geometry.h"

/* As forward and backward of conv2d_oracle.h, for a call that has been checked, and whose tensors
   are complex. Returns CONV2D_OK, or CONV2D_FAILED without memory. */
int32_t complex_forward (const conv2d_call *c, bool by_definition, const conv2d_detail *detail);
int32_t complex_backward (const conv2d_call *c, bool by_definition, const conv2d_detail detail[3]);

#endif
