/* error.h: how a function of the runner fails: it fills the caller's error and returns false. */

#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>

/* Exit statuses of the program, and so the kinds of an error. */
enum exit_status {
  CONFORMS = 0,
  DEVIATES = 1,   /* the subject does not conform */
  BAD_INPUT = 2,  /* usage, case file, id, library that is no subject */
  HARNESS = 3,    /* the harness itself failed */
  NOTHING_RAN = 4 /* no case was selected, or none could be run */
};

typedef struct error {
  enum exit_status status;
  char text[1024]; /* "cases/padding.yaml:7:11: padding: ...", no newline */
} error;

/* Fills e and returns false, so that `return fail (...)` is how to give up. */
__attribute__((format(printf, 3, 4))) bool fail (error *e, enum exit_status status,
                                                 const char *format, ...);

#endif
