/* freedom.h: how binding a rule of specs/ is. */

#ifndef FREEDOM_H
#define FREEDOM_H

/* How binding the clause is that decides a call. It is the clause's key `class` in
   specs/conv2d.yaml. */
typedef enum freedom {
  MUST, /* no other answer is right */
  FREE, /* torch itself differs from version to version or backend to backend: no answer is wrong */
  QUIRK /* torch does so, surprisingly: tested only on subjects that claim to follow torch */
} freedom;

#endif
