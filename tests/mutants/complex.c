/* complex.c: mutants that put the products of complex numbers together wrongly. */

#include "engine.h"

#define RULES(...)                                                                                 \
  .complex = &(const complex_rules) {                                                              \
    __VA_ARGS__                                                                                    \
  }

const mutant complex_mutants[] = {
  { "complex-square-added", "the product of the imaginary parts is added to the real part",
    RULES(1, 0, -1, -1, false, false) },
  { "complex-three-products-sign",
    "of three products, that of the imaginary parts is added to the imaginary part",
    RULES(-1, 2, -1, -1, false, false) },
  { "complex-grad-input-unconjugated", "grad_input takes the weight, not its conjugate",
    RULES(-1, 0, 1, -1, false, false) },
  { "complex-grad-weight-unconjugated", "grad_weight takes the input, not its conjugate",
    RULES(-1, 0, -1, 1, false, false) },
  { "complex-parts-exchanged", "the parts of the output are exchanged",
    RULES(-1, 0, -1, -1, true, false) },
  { "complex-bias-real", "the imaginary part of the bias is left out",
    RULES(-1, 0, -1, -1, false, true) },
  { .name = NULL }
};
