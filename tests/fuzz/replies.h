/* replies.h: what a process under test may answer: specs/pipe.md. */

#ifndef REPLIES_H
#define REPLIES_H

#include "grammar.h"

/* Greets a process whose replies the grammar makes, and calls it. True if all replies are taken. */
bool try_replies (grammar *g);

#endif
