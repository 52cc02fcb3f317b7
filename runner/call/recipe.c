/* recipe.c: the table of recipes, without the functions that make their numbers. */

#include "recipe.h"

#include <stddef.h>
#include <string.h>

const recipe recipes[] = {
#define X(name, about, exact, finite, joint, random, patternless, unit, fill, fill_integers)       \
  { name, about, exact, finite, joint, random, patternless, unit },
  RECIPES(X)
#undef X
      { NULL, NULL, false, false, false, false, false, 0 },
};

int recipe_find (const char *name) {
  for (int i = 0; recipes[i].name; i++)
    if (!strcmp(recipes[i].name, name))
      return i;
  return -1;
}
