/* pipe_child.h: the process at the other end of the bridge. There is one; where it ends, so does
   this process, in the same way. */

#ifndef PIPE_CHILD_H
#define PIPE_CHILD_H

#include "conv2d_protocol.h"

/* Starts the command and greets it. Its reply to hello; NULL and words if there is none. */
json_t *child_start (const char *command);

/* A new child in the place of one that can't be understood any more. */
void child_restart (void);

/* Sends the request's line, with a number of its own. */
void child_ask (json_t *request);

/* The reply to it, number and status checked: an object to be released; NULL and words if it is
   none. */
json_t *child_reply (int *status);

/* Payloads. */
void child_put (const void *data, size_t bytes);
void child_get (void *data, size_t bytes);

/* What is to be said of this thread's last call, "" if nothing. */
const char *child_said (void);
void child_note (const char *text);

/* Notes what is wrong with a reply; false. */
__attribute__((format(printf, 1, 2))) bool nonsense (const char *format, ...);

#endif
