/* verdict.h: every word the judge may say, in one table. specs/verdicts.md says more of each.
   X (constant, word, class, sentence). The class decides how the verdict is counted. */

#ifndef VERDICT_H
#define VERDICT_H

/* clang-format off */
#define VERDICTS(X)                                                                                \
  X (V_PASS, "pass", PASSED, "the answer is within the bound")                                     \
  X (V_UNSUPPORTED, "unsupported", SKIPPED, "the subject does not offer this call")                \
  X (V_UNDECLARED, "not declared", SKIPPED, "the subject's capabilities leave this case out")      \
  X (V_UNCHECKED, "unchecked", SKIPPED, "the subject does not claim what this case checks")         \
  X (V_TOO_LARGE, "too large", SKIPPED, "the machine has not the memory that this case needs")     \
  X (V_NOT_RUN, "not run", SKIPPED, "the run ended before this case")                              \
  X (V_WRONG_VALUE, "wrong value", FAILED, "elements of the result are wrong")                     \
  X (V_WRONG_SHAPE, "wrong shape", FAILED, "the shape of the output is wrong")                     \
  X (V_WRONG_LATER, "wrong after others", FAILED, "alone the case passes, but not after other calls") \
  X (V_INACCURATE, "inaccurate", FAILED, "every element is within the bound, but together the "    \
                                         "errors are too large or lean to one side")               \
  X (V_OVERSTATED, "overstated", FAILED, "the subject computes worse than the numeric contract "   \
                                         "that it states")                                         \
  X (V_ACCEPTED, "accepted", FAILED, "an invalid call was not rejected")                           \
  X (V_REJECTED, "rejected", FAILED, "a valid call was rejected")                                  \
  X (V_GAVE_UP, "gave up", FAILED, "the subject reports that it failed on a valid call")           \
  X (V_GAP, "undeclared gap", FAILED, "what the subject declares or claims, it does not offer")       \
  X (V_BAD_STATUS, "bad status", FAILED, "the subject returned a status that does not exist")      \
  X (V_BAD_INIT, "bad initialisation", FAILED, "fresh parameters are not distributed as required") \
  X (V_CRASH, "crash", FAILED, "the subject crashed")                                              \
  X (V_CRASH_LATER, "crash after others", FAILED, "the subject crashed, but not when this case "   \
                                                  "ran alone")                                     \
  X (V_EXITED, "exit", FAILED, "the subject ended the process")                                    \
  X (V_THREW, "exception", FAILED, "an exception left the call")                                   \
  X (V_TIMEOUT, "timeout", FAILED, "the call did not return within the time limit")                \
  X (V_OUT_OF_MEMORY, "out of memory", FAILED, "the subject ran into the memory limit")            \
  X (V_WROTE_OUTSIDE, "write outside", FAILED, "the subject wrote outside the elements of a tensor") \
  X (V_READ_OUTSIDE, "read outside", FAILED, "the subject read outside the elements of a tensor")  \
  X (V_READ_OUTPUT, "read of output", FAILED, "the result depends on what the output held before") \
  X (V_WROTE_INPUT, "write to input", FAILED, "the subject changed an input")                      \
  X (V_UNWRITTEN, "unwritten", FAILED, "elements of the output were not written")                  \
  X (V_WROTE_ON_INVALID, "write before rejection", FAILED, "an output was written although the "   \
                                                           "call was rejected")                    \
  X (V_VARIES, "not deterministic", FAILED, "the same call gave other values")                     \
  X (V_NOT_THREAD_SAFE, "not thread-safe", FAILED, "calls from several threads disturb each other") \
  X (V_KEPT_POINTER, "kept pointer", FAILED, "a tensor was used after the return")                 \
  X (V_ENVIRONMENT, "changed process", FAILED, "the call left the process changed")                \
  X (V_LEAK, "leak", FAILED, "the call left descriptors, threads, processes or memory behind")             \
  X (V_MEMORY_ERROR, "memory error", FAILED, "Valgrind or AddressSanitizer found an error")        \
  X (V_MISTRUSTED, "mistrusted", BROKEN, "the case itself is defective: its own expectation or "   \
                                         "data do not hold")
/* clang-format on */

typedef enum verdict_class { PASSED, SKIPPED, FAILED, BROKEN, VERDICT_CLASSES } verdict_class;

typedef enum verdict {
#define X(constant, word, class, sentence) constant,
  VERDICTS(X)
#undef X
      VERDICT_COUNT
} verdict;

const char *verdict_word (verdict v);
verdict verdict_named (const char *word); /* VERDICT_COUNT: none has this word, or it is NULL */
const char *verdict_sentence (verdict v);
verdict_class verdict_class_of (verdict v);

/* "passed" */
const char *verdict_class_word (verdict_class c);

#endif
