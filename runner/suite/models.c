/* models.c: tables of the layers of networks -> cases.
   Each shape makes two cases, forward and backward. For each sample (another dtype, layout or
   recipe) one in `one_in` shapes makes two more. The hash of a shape's id decides, so that a choice
   stays as it is when shapes are added. */

#include "models.h"

#include "casefile.h"
#include "networks.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { MAX_SAMPLES = 16 };

typedef struct layer {
  test_case c;       /* forward */
  case_meta meta[2]; /* forward, backward */
  size_t list;       /* where its networks stand */
  int sample;        /* which of the samples it is, too; -1: none */
} layer;

struct models {
  const char *path;
  networks networks;
  size_t layers, capacity;
  layer *layer;
  const node *sample[MAX_SAMPLES];
  int samples;
  const char **clauses[2]; /* of cases forward, backward */
  int64_t one_in;
  selection choice;
};

/* ---- reading */

static bool set_keys (const models *m, test_case *c, const node *map, error *e) {
  for (int i = 0; i < map->count; i++)
    if (!casefile_set(m->path, c, map->item[2 * i], map->item[2 * i + 1], e))
      return false;
  return true;
}

/* The keys that the shapes of a table share. `groups: depthwise`: as many groups as channels. */
static bool read_keys (const models *m, const node *map, test_case *c, bool *depthwise, error *e) {
  *depthwise = false;
  if (!map || map->kind != MAP)
    return fail(e, BAD_INPUT, "%s: keys: a map of keys of a case is expected", m->path);
  for (int i = 0; i < map->count; i++) {
    const node *key = map->item[2 * i], *value = map->item[2 * i + 1];
    if (!strcmp(key->text, "groups") && value->kind == SCALAR && !strcmp(value->text, "depthwise"))
      *depthwise = true;
    else if (!casefile_set(m->path, c, key, value, e))
      return false;
  }
  return true;
}

/* [in_channels, height, width, out_channels, ...] */
static bool read_extents (const models *m, const node *row, test_case *c, error *e) {
  int64_t extent[4];
  for (int i = 0; i < 4; i++)
    if (!node_integer(row->item[i], &extent[i]) || extent[i] < 1)
      return fail_at(e, m->path, row->item[i], "shapes: an integer above 0 is expected");
  c->input = (shape){ 4, { 1, extent[0], extent[1], extent[2] } };
  c->params.out_channels = extent[3];
  return true;
}

/* Which sample the layer makes, by the hash of its id; -1: none. */
static int choose_sample (const models *m, const test_case *c) {
  char id[MAX_ID];
  const size_t length = case_id(c, id);
  const uint64_t k = XXH3_64bits(id, length) % (uint64_t) m->one_in;
  return k < (uint64_t) m->samples ? (int) k : -1;
}

static layer *new_layer (models *m) {
  if (m->layers == m->capacity) {
    m->capacity = m->capacity ? 2 * m->capacity : 256;
    m->layer = realloc(m->layer, m->capacity * sizeof *m->layer);
    if (!m->layer)
      abort(); /* bounded by the limits of yamltree.c */
  }
  return &m->layer[m->layers++];
}

static bool read_row (models *m, const node *row, const test_case *with, bool depthwise, error *e) {
  error what;
  if (row->kind != LIST || row->count < 5 || row->count > 6)
    return fail_at(e, m->path, row,
                   "shapes: [in_channels, height, width, out_channels, networks] is expected");
  const bool in_full = row->count == 6;
  if (in_full && (row->item[5]->kind != SCALAR || strcmp(row->item[5]->text, "full")))
    return fail_at(e, m->path, row->item[5], "shapes: `full` or nothing is expected here");
  layer *l = new_layer(m);
  *l = (layer){ .c = *with };
  for (int i = 0; i < 2; i++) {
    l->meta[i] = *with->meta;
    l->meta[i].line = row->line;
    l->meta[i].tier = in_full ? FULL : MODELS;
    l->meta[i].clauses = m->clauses[i];
  }
  if (!read_extents(m, row, &l->c, e) || !networks_add(&m->networks, row->item[4], &l->list, e))
    return false;
  if (depthwise)
    l->c.params.groups = l->c.input.dim[1];
  if (!case_complete(&l->c, &what))
    return fail_at(e, m->path, row, "%s", what.text);
  l->sample = choose_sample(m, &l->c);
  return true;
}

static bool read_table (models *m, const node *table, const test_case *base, error *e) {
  static const char *const keys[] = { "keys", "shapes", NULL };
  test_case with = *base;
  bool depthwise;
  int ignored;
  if (table->kind != MAP)
    return fail_at(e, m->path, table, "layers: a map of keys and shapes is expected");
  for (int i = 0; i < table->count; i++)
    if (!casefile_word(m->path, table->item[2 * i], keys, &ignored, e))
      return false;
  const node *rows = node_get(table, "shapes");
  if (!rows || rows->kind != LIST || !rows->count)
    return fail_at(e, m->path, table, "shapes: a list must be given");
  if (!read_keys(m, node_get(table, "keys"), &with, &depthwise, e))
    return false;
  for (int i = 0; i < rows->count; i++)
    if (!read_row(m, rows->item[i], &with, depthwise, e))
      return false;
  return true;
}

/* Each is tried on the base, so that an error in it has its line. */
static bool read_samples (models *m, const node *list, const test_case *base, error *e) {
  if (!list)
    return true;
  if (list->kind != LIST || list->count > MAX_SAMPLES)
    return fail_at(e, m->path, list, "samples: a list of at most %d maps is expected", MAX_SAMPLES);
  for (int i = 0; i < list->count; i++) {
    test_case tried = *base;
    if (list->item[i]->kind != MAP)
      return fail_at(e, m->path, list->item[i], "samples: a map of keys of a case is expected");
    if (!set_keys(m, &tried, list->item[i], e))
      return false;
    m->sample[m->samples++] = list->item[i];
  }
  return true;
}

static bool read_one_in (models *m, const node *n, error *e) {
  m->one_in = 16;
  if (n && (!node_integer(n, &m->one_in) || m->one_in < 1 || m->one_in > 1000000))
    return fail_at(e, m->path, n, "one_in: an integer from 1 to 1000000 is expected");
  return true;
}

/* Only now does the array of lists stay where it is. */
static void link_networks (models *m) {
  for (size_t i = 0; i < m->layers; i++) {
    layer *l = &m->layer[i];
    l->meta[0].networks = l->meta[1].networks = m->networks.list + l->list;
    l->c.meta = &l->meta[0];
  }
}

/* Of the file's clauses, those of the gradients belong to cases backward, all others to those
   forward. */
static void split_clauses (models *m, const char *const *ids) {
  size_t count = 0, used[2] = { 0, 0 };
  while (ids && ids[count])
    count++;
  for (int i = 0; i < 2; i++) {
    m->clauses[i] = calloc(count + 1, sizeof *m->clauses[i]);
    if (!m->clauses[i])
      abort(); /* a few bytes */
  }
  for (size_t k = 0; k < count; k++) {
    const int i = !strncmp(ids[k], "BACK-", 5);
    m->clauses[i][used[i]++] = ids[k];
  }
}

static bool read_models (models *m, const node *n, const test_case *base, error *e) {
  static const char *const keys[] = { "networks", "samples", "one_in", "layers", NULL };
  int ignored;
  if (n->kind != MAP)
    return fail_at(e, m->path, n, "models: a map is expected");
  for (int i = 0; i < n->count; i++)
    if (!casefile_word(m->path, n->item[2 * i], keys, &ignored, e))
      return false;
  const node *names = node_get(n, "networks"), *tables = node_get(n, "layers");
  if (!names || !tables || tables->kind != LIST || !tables->count)
    return fail_at(e, m->path, n, "models: lists of networks and of layers must be given");
  if (!networks_read(&m->networks, m->path, names, e)
      || !read_samples(m, node_get(n, "samples"), base, e)
      || !read_one_in(m, node_get(n, "one_in"), e))
    return false;
  for (int i = 0; i < tables->count; i++)
    if (!read_table(m, tables->item[i], base, e))
      return false;
  link_networks(m);
  return true;
}

models *models_read (const char *path, const node *n, const test_case *base, error *e) {
  models *m = calloc(1, sizeof *m);
  if (!m) {
    fail(e, HARNESS, "out of memory");
    return NULL;
  }
  m->path = path;
  split_clauses(m, base->meta->clauses);
  if (read_models(m, n, base, e))
    return m;
  models_free(m);
  return NULL;
}

void models_free (models *m) {
  if (!m)
    return;
  networks_free(&m->networks);
  free(m->layer);
  free(m->clauses[0]);
  free(m->clauses[1]);
  free(m);
}

/* ---- expanding */

void models_begin (models *m, const selection *choice) {
  m->choice = *choice;
}

static bool is_selected (const models *m, const layer *l) {
  const char *wanted = m->choice.network;
  const bool of_tier =
      m->choice.tier == MODELS || (m->choice.tier == FULL && l->meta[0].tier == FULL);
  return of_tier && (!wanted || networks_have(l->meta[0].networks, wanted));
}

/* Gradients exist for floating-point types alone. */
static bool make (const models *m, const layer *l, int variant, test_case *c) {
  error ignored; /* read_samples has tried them */
  *c = l->c;
  if (variant & 2 && (l->sample < 0 || !set_keys(m, c, m->sample[l->sample], &ignored)))
    return false;
  const bool has_gradient = c->params.dtype.code == kDLFloat || c->params.dtype.code == kDLBfloat;
  if (variant & 1) {
    c->direction = BACKWARD;
    c->meta = &l->meta[1];
  }
  return has_gradient || !(variant & 1);
}

/* The next case of the selection, whatever its shard. */
static bool next (const models *m, models_cursor *at, test_case *c) {
  for (; at->layer < m->layers; at->layer++, at->variant = 0) {
    const layer *l = &m->layer[at->layer];
    while (is_selected(m, l) && at->variant < 4)
      if (make(m, l, at->variant++, c))
        return true;
  }
  return false;
}

bool models_next (const models *m, models_cursor *at, test_case *c) {
  const uint64_t shards = m->choice.shards ? m->choice.shards : 1;
  while (next(m, at, c))
    if (at->selected++ % shards == m->choice.shard)
      return true;
  return false;
}

uint64_t models_count (const models *m) {
  models_cursor at = { 0 };
  uint64_t count = 0;
  test_case c;
  while (models_next(m, &at, &c))
    count++;
  return count;
}

size_t models_networks (const models *m) {
  return m->networks.count;
}

const char *models_network (const models *m, size_t i, size_t *shapes) {
  *shapes = m->networks.shapes[i];
  return m->networks.name[i];
}
