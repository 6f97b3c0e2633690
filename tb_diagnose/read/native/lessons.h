/* What all files have taught: tags, plugins, and the forms in which data stands behind a tag. */
#ifndef TB_DIAGNOSE_LESSONS_H
#define TB_DIAGNOSE_LESSONS_H

#include "native.h"
#include "shapes.h"

/* How data stands behind a tag: in `length` bytes, the same each time but for `size` from `first`. */
typedef struct {
    uint8_t *same;
    uint32_t length, first, size;
    uint8_t kind;
    uint8_t plugin; /* that the tag must have */
} Form;

typedef struct {
    uint8_t *name;
    uint64_t length;
} Plugin;

typedef struct {
    Tags *tags;
    Shapes shapes;
    Form forms[MOST_FORMS];
    Plugin plugins[MOST_PLUGINS]; /* the first one has no name */
    int32_t form_count, plugin_count;
} Reader;

/* The plugin that a SummaryMetadata names: 0 if none, -1 if it is not known, or hard to tell. */
int plugin_in(const Reader *reader, const uint8_t *at, const uint8_t *end);
/* The form of these bytes behind a tag of that plugin, NULL if it is none; `hint` is the number of
 * the one that fitted the last time, and is set to that of this one. */
const Form *form_of(const Reader *reader, uint8_t *hint, int plugin, const uint8_t *at,
                    uint64_t length);

#endif
