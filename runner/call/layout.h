/* layout.h: where the elements of a tensor lie in memory: the strides of each layout. */

#ifndef LAYOUT_H
#define LAYOUT_H

#include "case.h"
#include "place.h"

/* Places a tensor of those extents. Fills *out, except for the offset in the arena, which is 0.
   output  the subject writes it: its strides are never negative or 0, so that REVERSED and
           BROADCAST are compact
   Layouts, where the last two axes are height and width, and the one before them channels:
     NCHW       compact
     NHWC       channels last; compact below 3 axes
     GAPS       3 unused elements after a row, 5 more after a plane, 7 more after an image; every
                second element is used where there is one axis
     REVERSED   height and width run backwards; compact below 2 axes
     BROADCAST  stride 0 along channels, or if there is one only along the batch (of a weight: the
                output channels); compact below 3 axes
     SLICE      some channels of a larger tensor: 2 planes unused after an image; compact unless it
                has 4 axes
     NHWC_SLICE channels last, of a larger tensor: 3 unused elements after a pixel; compact below 3
                axes
     MIXED, CROSSED   compact: these are layouts of a whole call, see layout_of
     ODD        compact; the caller puts the storage one element past an aligned address
   A tensor with an extent of 0 or less has no bytes. False: a size does not fit in 64 bits. */
bool layout_place (layout l, bool output, DLDataType t, int32_t ndim, const int64_t *dim,
                   place *out);

/* The layout of one tensor (an enum job_tensor) in a call with the layout `l`. It is `l`, except
   for two layouts that lay the tensors of a call out in different ways. MIXED: input and grad_input
   are channels last, the others compact. CROSSED: weight, output and their gradients are channels
   last, the others compact. */
layout layout_of (layout l, int tensor);

#endif
