/* verdict.c: the table of verdict.h, looked up. */

#include "verdict.h"

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
