/* verdict.c: the table of verdict.h, looked up. */

#include "verdict.h"

#include <string.h>

static const struct {
  const char *word, *sentence;
  verdict_class class;
} verdicts[] = {
#define X(constant, word, class, sentence) { word, sentence, class },
  VERDICTS(X)
#undef X
};

const char *verdict_word (verdict v) {
  return verdicts[v].word;
}

verdict verdict_named (const char *word) {
  int v = 0;
  while (word && v < VERDICT_COUNT && strcmp(verdicts[v].word, word))
    v++;
  return word ? (verdict) v : VERDICT_COUNT;
}

const char *verdict_sentence (verdict v) {
  return verdicts[v].sentence;
}

verdict_class verdict_class_of (verdict v) {
  return verdicts[v].class;
}

const char *verdict_class_word (verdict_class c) {
  static const char *const words[] = {
    [PASSED] = "passed", [SKIPPED] = "skipped", [FAILED] = "failed", [BROKEN] = "broken"
  };
  return words[c];
}
