/* compute.c: compute-sanitizer's reports, as recorded, read into words and a bit of conduct. */

#include "sandbox/worker/compute.h"
#include "sandbox/worker/printed.h"
#include "../tap.h"

#include <stdio.h>
#include <string.h>

/* What compute.c asks for besides; nothing here calls a subject. */
const char *printed_since (const wire *w) {
  (void) w;
  return "";
}

typedef struct row {
  const char *file;
  uint32_t bit;
  const char *said;
} row;

static const row rows[] = {
  { "memcheck-outside", WROTE_OUTSIDE,
    "Invalid __global__ write of size 4 bytes, at out_of_bounds_function()+0xb0 in "
    "memcheck_demo.cu:39, by thread (0,0,0) in block (0,0,0), Address 0x87654320 is out of "
    "bounds, and is 137,179,965,340,896 bytes before" },
  { "memcheck-read", READ_OUTSIDE,
    "Invalid __global__ read of size 4 bytes, at 0x20 in IncrementTwice(unsigned int*), by "
    "thread (0,0,0) in block (0,0,0), Address 0x7f6f67000000 is not readable" },
  { "memcheck-misaligned", MEMORY_ERROR, "Address 0x7cc43aa00001 is misaligned" },
  { "memcheck-api", 0, "" },
  { "racecheck", MEMORY_ERROR,
    "Error: Race reported between Write access at sumKernel(int *, int *)+0x90 in "
    "block_error.cu:41, and Read access at sumKernel(int *, int *)+0x100 in block_error.cu:51 "
    "[508 hazards]" },
  { "racecheck-warning", 0, "" },
  { "initcheck", MEMORY_ERROR,
    "Uninitialized __global__ memory read of size 4 bytes, at vectorAdd(int *)+0x70 in "
    "memset_error.cu:41, by thread (31,0,0) in block (1,0,0), Address 0x7f3c7ec000fc" },
  { "synccheck", MEMORY_ERROR, "Barrier error detected. Divergent thread(s) in block., at [clone" },
  { "clean", 0, "" },
};

static void read_file (const char *name, char *text, size_t size) {
  char path[200];
  snprintf(path, sizeof path, "tests/sandbox/device/cuda/reports/%s.txt", name);
  FILE *f = fopen(path, "r");
  const size_t n = f ? fread(text, 1, size - 1, f) : 0;
  text[n] = '\0';
  if (f)
    fclose(f);
}

static bool begins_as (const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

int main (void) {
  char text[4096], said[600], small[20];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const row *r = &rows[i];
    read_file(r->file, text, sizeof text);
    const uint32_t bit = compute_read(text, said, sizeof said);
    ok(text[0] && bit == r->bit, "%s: the bit", r->file);
    ok(r->said[0] ? strstr(said, r->said) != NULL : !said[0], "%s: '%s'", r->file, said);
  }
  read_file("racecheck", text, sizeof text);
  compute_read(text, small, sizeof small);
  ok(strlen(small) == sizeof small - 1, "words that do not fit are cut");
  text[strlen(text) / 2] = '\0';
  ok(compute_read(text, said, sizeof said) == MEMORY_ERROR, "half a report is one");
  memcpy(text, "step 1 of 3", 11);
  read_file("memcheck-outside", text + 11, sizeof text - 11);
  ok(compute_read(text, said, sizeof said) == WROTE_OUTSIDE && begins_as(said, "Invalid "),
     "a report behind a line that the subject has not ended: '%s'", said);
  ok(compute_read("========= a\n======== Invalid ", said, sizeof said) == 0,
     "a short mark is none");
  ok(compute_read("=========", said, sizeof said) == 0, "half a mark is none");
  return done_testing();
}
