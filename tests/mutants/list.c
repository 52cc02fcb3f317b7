/* list.c: prints every mutant: name, group and sentence, separated by tabs. With the argument
   `effects` it prints those whose mistake is a condition and an effect of effects.h: name, effect
   and number. */

#include "effects.h"

#include <stdio.h>

#define E(effect) { #effect, effect }

static const struct {
  const char *name;
  void (*hook)(call *c);
} effects[] = {
  E(zero_output),
  E(zero_first_column),
  E(zero_last_column),
  E(zero_last_row),
  E(zero_last_tile),
  E(zero_later_groups),
  E(zero_last_rows_and_columns),
  E(zero_columns_past),
  E(zero_pixel_tail),
  E(zero_pixels_past),
  E(zero_channel_tail),
  E(zero_channels_past),
  E(zero_images_past),
  E(zero_image_tail),
  E(nan_first_row),
  E(zero_unpadded_edges),
  E(zero_grad_input),
  E(zero_grad_weight),
  E(zero_grad_input_tail),
  E(zero_grad_input_columns_past),
  E(zero_grad_input_but_first),
  E(zero_grad_input_of_later_groups),
  E(zero_grad_input_of_later_half),
  E(zero_grad_weight_tail),
  E(zero_grad_weight_of_later_groups),
  E(drop_channel_tail),
  E(drop_channels_past),
  E(drop_rows_past),
  E(drop_columns_past),
  E(drop_images_past),
  E(swap_axes_of_padding),
  E(swap_axes_of_stride),
};

#undef E

static void print_effect (const mutant *m) {
  for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
    if (effects[i].hook == m->after || effects[i].hook == m->before)
      printf("%s\t%s\t%lld\n", m->name, effects[i].name, (long long) m->unit);
}

int main (int argc, char **argv) {
  const bool of_effects = argc > 1 && strcmp(argv[1], "effects") == 0;
  for (const group *g = groups; g->name != NULL; g++)
    for (const mutant *m = g->mutants; m->name != NULL; m++)
      if (of_effects)
        print_effect(m);
      else
        printf("%s\t%s\t%s\n", m->name, g->name, m->about);
  return 0;
}
