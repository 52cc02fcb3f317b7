/* list.c: prints every mutant: name, group and sentence, separated by tabs. */

#include "engine.h"

#include <stdio.h>

int main (void) {
  for (const group *g = groups; g->name != NULL; g++)
    for (const mutant *m = g->mutants; m->name != NULL; m++)
      printf("%s\t%s\t%s\n", m->name, g->name, m->about);
  return 0;
}
