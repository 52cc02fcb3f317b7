/* descriptors.h: what a subject says of itself, made by the grammar. */

#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "grammar.h"

/* Lets the worker open a subject with a descriptor and a table of memory that the grammar makes.
   Returns whether it took them. */
bool try_descriptor (grammar *g);

#endif
