/* sweep.h: a product of axes, or a covering array of it, expanded one case at a time. */

#ifndef SWEEP_H
#define SWEEP_H

#include "covering.h"
#include "suite.h"
#include "yamltree.h"

typedef struct sweep sweep;

/* Reads the value of the key `sweep`. base: the case that the axes are applied to.
   tier: from which on `strength` holds where it is not given by tier. */
sweep *sweep_read (const char *path, const node *n, const test_case *base, tier tier, error *e);
void sweep_free (sweep *s);

/* Prepares for the tier; no cases at all if the sweep begins in a later one. */
bool sweep_begin (sweep *s, const selection *choice, error *e);
bool sweep_next (sweep *s, test_case *c);
uint64_t sweep_count (sweep *s); /* after sweep_begin, before or after sweep_next */

/* For measuring coverage: the model, and the rows of the tier begun. */
const covering_model *sweep_model (const sweep *s);
const char *sweep_axis_name (const sweep *s, int axis);
const char *sweep_value_name (const sweep *s, int axis, int value);
int sweep_strength (const sweep *s);        /* of the tier begun: 0 all, -1 nothing */
const uint16_t *sweep_row (const sweep *s); /* the value indices of the case given last */

#endif
