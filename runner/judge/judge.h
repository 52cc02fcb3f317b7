/* judge.h: the only place where a verdict is made. Bounds and their proofs: specs/judge.md. */

#ifndef JUDGE_H
#define JUDGE_H

#include "conv2d_oracle.h"
#include "data/data.h"
#include "map.h"
#include "lanes/subject.h"
#include "verdict.h"

/* The truth about one result tensor: the oracle's value and what it knows about each element,
   compact in row-major order, in the arrays of `detail` (all present for floats). */
typedef struct truth {
  enum job_tensor tensor; /* which of the job's outputs it judges */
  DLTensor want;          /* compact */
  conv2d_detail detail;
} truth;

/* How binding the clause is that decides a call: of specs/conv2d.yaml, key `class`. */
typedef enum freedom {
  MUST, /* no other answer is right */
  FREE, /* torch itself differs from version to version or backend to backend: no answer is wrong */
  QUIRK /* torch does so, surprisingly: a subject may refuse, but if it answers, then like torch */
} freedom;

/* What specs/ require of a case. */
typedef struct expectation {
  int32_t status;     /* CONV2D_OK or CONV2D_INVALID */
  const char *clause; /* that an invalid call breaks, or the quirk that a valid one relies on */
  freedom freedom;    /* of that clause; MUST where there is none */
  shape output;       /* of a valid call */
  bool exact;         /* data whose partial sums are all representable: judged bitwise */
  int truths;         /* 1 forward, up to 3 backward, 0 shape only and rejections */
  truth truth[3];
  const char *defect; /* of the case itself (own expectation wrong, data poor), or NULL */
} expectation;

/* The judge's findings. Numbers are of the worst tensor; errors count in units u * S. Where a
   result equals the truth in bits, nothing else is looked at and its errors count as 0. */
typedef struct judgement {
  verdict verdict;
  const char *clause; /* the clause that is broken; NULL unless FAILED */
  int64_t outputs;    /* elements judged */
  int64_t mismatches;
  enum job_tensor tensor; /* of the first mismatch */
  shape first;            /* its indices; ndim -1 if there is none */
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

/* "grad_weight" */
const char *job_tensor_name (int tensor);

/* How far a result of the direct profile may be from `exact`: specs/judge.md, JUDGE-2. */
double judge_bound (DLDataType type, double exact, double scale, int64_t terms);

/* arena: of the lane that ran the job. */
void judge (const test_case *c, const expectation *x, const subject_info *s, const job *j,
            const unsigned char *arena, judgement *out);

#endif
