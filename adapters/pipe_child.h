/* pipe_child.h: the process at the other end of the bridge. There is one. If it ends, this process
   ends in the same way. */

#ifndef PIPE_CHILD_H
#define PIPE_CHILD_H

#include "conv2d_protocol.h"

/* Starts the command and sends hello. Returns the reply; NULL, and words for child_said, if there
   is none. */
json_t *child_start (const char *command);

/* Replaces a child that can't be understood any more by a new one. */
void child_restart (void);

/* Sends the request's line, with a number of its own. */
void child_ask (json_t *request);

/* Reads the reply to it, and checks its number and status. Returns an object, which the caller
   releases; NULL, and words for child_said, if it is not a reply. */
json_t *child_reply (int *status);

/* Payloads. */
void child_put (const void *data, size_t bytes);
void child_get (void *data, size_t bytes);

/* The words about this thread's last call, for last_error; "" if there are none. */
const char *child_said (void);
void child_note (const char *text);

/* Notes what is wrong with a reply; false. */
__attribute__((format(printf, 1, 2))) bool nonsense (const char *format, ...);

#endif
