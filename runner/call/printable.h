/* printable.h: text of strangers on its way to terminals, transcripts and shells. */

#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/* In place: valid UTF-8 stays, but for what a terminal or an editor takes as a command: control
   characters, and those that turn the direction of the text. They become '?', a line feed a space.
   The result is one line. */
void make_printable (char *text);

/* Appends the word as a shell reads it, quoted where it must be, to the text in `to`; false, and
   nothing is appended, where it would not fit in `size` bytes. */
bool add_quoted (char *to, size_t size, const char *word);

#endif
