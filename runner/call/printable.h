/* printable.h: text from outside the program, made safe for terminals, logs and shells. */

#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Makes one printable line of the text, in place. Valid UTF-8 stays, except for what a terminal or
   an editor takes as a command: control characters, and those that change the direction of the
   text. They become '?'. A line feed becomes a space. */
void make_printable (char *text);

/* The same for a text of several lines: line feeds stay. */
void make_lines_printable (char *text);

/* The end of a text: whole lines of together at most `most` bytes if there are any, else that many
   bytes. The message of a traceback stands there. */
const char *last_lines (const char *text, size_t most);

/* Appends the word to the text in `to`, quoted for a shell where that is needed. If it would not
   fit in `size` bytes, nothing is appended, and the function returns false. */
bool add_quoted (char *to, size_t size, const char *word);

#endif
