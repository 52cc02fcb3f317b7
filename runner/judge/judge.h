/* judge.h: the only place where a verdict is made. Bounds and their proofs: specs/judge.md. */

#ifndef JUDGE_H
#define JUDGE_H

#include "call/subject_info.h"
#include "call/verdict.h"
#include "expect/stretch.h"
#include "map.h"

/* The judge's findings. Numbers are of the worst tensor; errors count in units u * S. Where a
   result equals the truth in bits, nothing else is looked at and its errors count as 0. */
typedef struct judgement {
  verdict verdict;
  const char *clause; /* the clause that is broken; NULL unless FAILED */
  int64_t outputs;    /* elements judged; each part of a complex one counts */
  int64_t mismatches;
  enum job_tensor tensor; /* of the first mismatch */
  shape first;            /* its indices; ndim -1 if there is none */
  int part;               /* of a complex element: 1 its real part, 2 its imaginary part; else 0 */
  double got, want;       /* there */
  double error, allowed;  /* there: |got - exact| / (u * S), and the bound; 0: none is allowed */
  double max_error;       /* over all elements, pass or fail, of error / allowed; infinite where a
                             wrong element is a NaN or infinity, or must be equal */
  double rms_error, mean_error; /* of (got - exact) / (u * S) */
  mismatch_map map;             /* of `tensor` */
  char words[400]; /* the verdict as a sentence with its particulars; "" if it passed */
} judgement;

/* Decides what needs no call: what the subject does not declare or does not claim to check. False
   if the subject must be called. */
bool judge_early (const test_case *c, const expectation *x, const subject_info *s, judgement *out);

/* ".real" or ".imag", for judgement.part; "" for 0. */
const char *part_name (int part);

/* How far a result of the direct profile may be from `exact`: specs/judge.md, JUDGE-2. */
double judge_bound (DLDataType type, double exact, double scale, int64_t terms);

/* arena: of the lane that ran the job. */
void judge (const test_case *c, const expectation *x, const subject_info *s, const job *j,
            const unsigned char *arena, judgement *out);

#endif
