/* machine.c: what of the machine steers the code that a library chooses. */

#include "machine.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* ---- lists of words, with spaces between them */

static void add_word (char *list, size_t room, const char *word) {
  const size_t used = strlen(list);
  if (used + strlen(word) + 2 <= room)
    snprintf(list + used, room - used, "%s%s", used ? " " : "", word);
}

static bool begins_with_any (const char *word, const char *const *prefix) {
  for (; *prefix; prefix++)
    if (!strncmp(word, *prefix, strlen(*prefix)))
      return true;
  return false;
}

static bool any_matches (const char *list, const char *pattern) {
  char copy[2000], *rest = NULL;
  snprintf(copy, sizeof copy, "%s", list);
  for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
    if (!fnmatch(pattern, word, 0))
      return true;
  return false;
}

/* ---- the machine */

/* Of the processor's flags, those by which libraries choose their kernels. */
static void keep_features (machine *m, char *flags) {
  static const char *const known[] = { "avx", "amx",  "fma",  "f16c", "sse4", "asimd",
                                       "sve", "bf16", "i8mm", "fphp", NULL };
  char *rest = NULL;
  for (char *flag = strtok_r(flags, " \t\n", &rest); flag; flag = strtok_r(NULL, " \t\n", &rest))
    if (begins_with_any(flag, known))
      add_word(m->features, sizeof m->features, flag);
}

static void read_processor (machine *m) {
  static char line[1 << 14];
  FILE *f = fopen("/proc/cpuinfo", "re");
  while (f && !*m->features && fgets(line, sizeof line, f)) {
    sscanf(line, "model name : %199[^\n]", m->processor);
    if (!strncmp(line, "flags", 5) || !strncmp(line, "Features", 8))
      keep_features(m, line + strcspn(line, ":") + 1);
  }
  if (f)
    fclose(f);
}

/* Variables that are known to change the code that some library runs. */
static void read_variables (machine *m) {
  static const char *const known[] = { "ATEN_", "DNNL_",     "ONEDNN_",        "OMP_", "KMP_",
                                       "MKL_",  "OPENBLAS_", "TF_ENABLE_",     "XLA_", "ORT_",
                                       "POCL_", "OPENCV_",   "GLIBC_TUNABLES", NULL };
  for (char **v = environ; *v; v++)
    if (begins_with_any(*v, known) && !strchr(*v, ' '))
      add_word(m->variables, sizeof m->variables, *v);
}

void machine_read (machine *m) {
  *m = (machine){ .processor = "unknown", .processors = sysconf(_SC_NPROCESSORS_ONLN) };
  read_processor(m);
  read_variables(m);
}

static bool holds (const machine *m, const subject_info *s, const char *word) {
  return any_matches(m->features, word) || any_matches(m->variables, word)
         || any_matches(s->environment, word);
}

bool machine_meets (const machine *m, const subject_info *s, const char *condition) {
  char copy[400], *rest = NULL;
  snprintf(copy, sizeof copy, "%s", condition);
  for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    const bool wanted = *word != '!';
    if (holds(m, s, word + !wanted) != wanted)
      return false;
  }
  return true;
}
