/* privileges.h: what a worker may not do although the user who runs the program may. */

#ifndef PRIVILEGES_H
#define PRIVILEGES_H

/* Gives up all capabilities but those over files, for this process and whatever it executes, and
   the system calls that look into other processes or change the machine. Where the kernel cannot
   do one of these, the rest is done. */
void privileges_drop (void);

#endif
