/* registry.c: the list of all mutants, in groups.
   A new file of mutants is one line here. */

#include "engine.h"

#define GROUPS(X)                                                                                  \
  X(geometry, geometry_mutants)                                                                    \
  X(loops, loop_mutants)                                                                           \
  X(shape, shape_mutants)                                                                          \
  X(padding, padding_mutants)                                                                      \
  X(same, same_mutants)                                                                            \
  X(groups, group_mutants)                                                                         \
  X(bias, bias_mutants)                                                                            \
  X(layout, layout_mutants)                                                                        \
  X(numerics, numeric_mutants)                                                                     \
  X(special, special_mutants)                                                                      \
  X(dtype, dtype_mutants)                                                                          \
  X(complex, complex_mutants)                                                                      \
  X(sums, sum_mutants)                                                                             \
  X(rejection, rejection_mutants)                                                                  \
  X(state, state_mutants)                                                                          \
  X(backward, backward_mutants)                                                                    \
  X(initialisation, initialisation_mutants)                                                        \
  X(history, history_mutants)                                                                      \
  X(sizes, size_mutants)                                                                           \
  X(gradients, gradient_mutants)                                                                   \
  X(options, option_mutants)                                                                       \
  X(limits, limit_mutants)                                                                         \
  X(sequences, sequence_mutants)                                                                   \
  X(trackers, tracker_mutants)                                                                     \
  X(reported, reported_mutants)

#define X(name, mutants) extern const mutant mutants[];
GROUPS(X)
#undef X

const group groups[] = {
#define X(name, mutants) { #name, mutants },
  GROUPS(X)
#undef X
      { NULL, NULL }
};
