/* contract.h: what a subject says of its arithmetic, a contract for each dtype; specs/numerics.md.
   Where it says nothing, the bounds of specs/judge.md hold without parameters. */

#ifndef CONTRACT_H
#define CONTRACT_H

#include "dtype.h"
#include "error.h"

#include <stdint.h>

/* All 0: nothing is stated. */
typedef struct contract {
  bool stated;
  int32_t operands;  /* bits of significand that are kept of a factor; 0: all */
  int32_t splits;    /* numbers of so many bits that a factor is split into; 0 is 1 */
  bool operands_cut; /* toward zero, instead of to nearest */
  DLDataType sum;    /* the accumulator's type; bits 0: the nominal one */
  bool sum_cut;      /* its additions round toward zero */
  int32_t align;     /* bits that are kept of numbers added at once; 0: none are */
  DLDataType stored; /* of partial sums, every `every` terms; bits 0: none are */
  int64_t every;
  bool result_cut, saturate, flush;
} contract;

enum { MAX_NUMERICS = 400, CONTRACTS = 16 };

/* Of dtypes[i], in the order of the table. */
typedef struct numerics {
  contract of[CONTRACTS];
} numerics;

/* Reads "tf32", "float16: accumulator=float16, store-every=64; bfloat16: flush". A preset alone is
   of the dtypes that it is made for, other words are of all floating-point dtypes. "" states
   nothing. False: e says which word is wrong, and what is known instead. */
bool numerics_parse (const char *text, numerics *n, error *e);

/* Of a dtype; it states nothing where no contract is about it. */
const contract *contract_for (const numerics *n, DLDataType t);

/* Contracts in common use: the name, the dtypes that it is made for, and what it states. name NULL
   at the end. */
typedef struct numerics_preset {
  const char *name, *dtypes, *means;
} numerics_preset;

extern const numerics_preset numerics_presets[];

#endif
