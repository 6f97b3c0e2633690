/* Records that are the same each time, but for wall time, step and scalars. */
#ifndef TB_DIAGNOSE_SHAPES_H
#define TB_DIAGNOSE_SHAPES_H

#include "native.h"
#include "wire.h"

/* Longer records, and records of more scalars, have no shape. */
enum { LONGEST_SHAPE = 1 << 12, MOST_PARTS = 64 };
/* Where a record has its event, and what follows the wall time in it: a step, if there is one. */
enum { EVENT = HEADER, MOMENT = HEADER + 9 };

/* A scalar: its tag and the plugin of that, and where it stands in the record. */
typedef struct {
    int32_t tag;
    uint16_t place;
    uint8_t kind, plugin;
} Part;

/* A record as it was when it was learnt. */
typedef struct {
    int32_t next;        /* the last tag of the record that came after such a one the last time */
    uint16_t size, room; /* of the record; of what is behind `count` */
    uint16_t summary;    /* where what follows the step begins */
    uint16_t count;      /* of its parts */
    Part parts[];        /* the record is behind them */
} Shape;

/* The shapes by the last tag of the record; NULL where there is none. */
typedef struct {
    Shape **shapes;
    uint64_t room;
} Shapes;

void shapes_free(Shapes *shapes);
/* Learns the shape of a record of `size` bytes, all told, which holds these scalars and nothing
 * else, and that it came after one that ends with the tag `before`. */
void shape_learn(Shapes *shapes, const uint8_t *record, uint64_t size, const Part *parts, int count,
                 int32_t before);

static inline Shape *shape_of(const Shapes *shapes, int32_t tag) {
    return (uint64_t)(int64_t)tag < shapes->room ? shapes->shapes[tag] : NULL;
}

static inline const uint8_t *shape_record(const Shape *shape) {
    return (const uint8_t *)(shape->parts + shape->count);
}

static inline int width_of(int kind) { return kind == DOUBLE ? 8 : 4; }

/* Whether a record, of which `size` bytes are there, is of that shape; its step is found too. */
static inline int shape_fits(const Shape *shape, const uint8_t *record, int64_t size,
                             uint64_t *step) {
    const uint8_t *same = shape_record(shape), *at = record + MOMENT;
    if (size < shape->size || word64(record) != word64(same) ||
        word32(record + 8) != word32(same + 8) || record[EVENT] != same[EVENT])
        return 0;
    *step = 0;
    if (shape->summary > MOMENT && (*at++ != 0x10 || !varint(&at, record + shape->summary, step)))
        return 0;
    uint32_t place = shape->summary;
    if (at != record + place)
        return 0;
    for (const Part *part = shape->parts; part < shape->parts + shape->count; part++) {
        if (!alike(record + place, same + place, part->place - place))
            return 0;
        place = part->place + (uint32_t)width_of(part->kind);
    }
    return alike(record + place, same + place, (uint64_t)shape->size - FOOTER - place);
}

#endif
