/* overstated.c: a numeric contract that a subject states and does not keep. Its values are wrong by
   what it states, but right by a weaker contract in common use. */

#include "parts.h"

/* Whether all results would pass a subject that stated another contract. */
static bool passes_under (const trial *t, const contract *k) {
  const DLDataType type = t->c->params.dtype;
  subject_info other = *t->s;
  judgement unused;
  trial again = *t;

  for (int i = 0; dtypes[i].name; i++)
    if (dtypes[i].code == type.code && dtypes[i].bits == type.bits)
      other.numerics.of[i] = *k;
  memset(&unused, 0, sizeof unused);
  unused.first.ndim = -1;
  again.s = &other;
  again.out = &unused;
  return judge_values(&again) == V_PASS;
}

/* The contract of a preset, with what the subject states of results besides. False: the preset is
   not made for the type. */
static bool weaker_contract (const numerics_preset *p, DLDataType type, const contract *stated,
                             contract *k) {
  numerics n;
  error e;

  if (!numerics_parse(p->name, &n, &e))
    return false;
  *k = *contract_for(&n, type);
  k->result_cut |= stated->result_cut;
  k->saturate |= stated->saturate;
  k->flush |= stated->flush;
  return k->stated;
}

verdict judge_stated (const trial *t) {
  const DLDataType type = t->c->params.dtype;
  const contract *stated = contract_for(&t->s->numerics, type);
  const verdict found = judge_values(t);
  contract k;

  if ((found != V_WRONG_VALUE && found != V_INACCURATE) || !stated->stated)
    return found;
  for (const numerics_preset *p = numerics_presets; p->name; p++)
    if (weaker_contract(p, type, stated, &k) && passes_under(t, &k)) {
      t->out->clause = "JUDGE-2";
      return say(t, V_OVERSTATED, "the subject states '%.120s', but computes as if by '%s'",
                 t->s->stated, p->name);
    }
  return found;
}
