/* What a Reader keeps of its file: tags in a hash table, and the points of each curve. */
#ifndef TB_DIAGNOSE_STATE_H
#define TB_DIAGNOSE_STATE_H

#include "bytes.h"
#include "histogram.h"

/* Longer records, and records with more scalars, have no template. */
enum { LONGEST_TEMPLATE = 1 << 12, MOST_SCALARS = 64 };

/* A scalar in a template: its tag, that tag's plugin, and where the value is in the record. */
typedef struct {
    int32_t tag;
    uint16_t place;
    uint8_t kind, plugin;
} Scalar;

/* A record of scalars as it was when it was last parsed: its like differ in wall time, step and
 * values only. */
typedef struct {
    int32_t next;        /* the last tag of the record that came after it the last time */
    uint16_t size, room; /* of the record; of what follows `count` */
    uint16_t summary;    /* where what follows the step begins */
    uint16_t count;      /* of its scalars */
    Scalar scalars[];    /* the record is behind them */
} Template;

typedef struct {
    uint64_t hash, place; /* where its bytes are among all tags */
    Template *template;   /* of records that end with this tag; NULL if there is none */
    uint32_t length;
    int32_t next;              /* the tag that came after it the last time, -1 if none did */
    int32_t scalar, histogram; /* its curves, -1 if there is none */
    uint8_t plugin;
} Tag;

/* Room for points: steps, wall times and values behind one another, `room` of each. */
typedef struct {
    uint8_t *memory;
    int64_t count, room;
    int64_t last_step; /* these two of all points so far, for `ordered` */
    double last_wall;
    int32_t tag;
    uint8_t kind, ordered, begun;
} Points;

/* A value that has been parsed. */
typedef struct {
    const uint8_t *at, *end; /* its data */
    int32_t tag;
    uint8_t kind;  /* NONE if nothing is kept of it */
    uint8_t form;  /* of a histogram: TENSOR or PROTO */
    uint8_t named; /* whether it names the plugin of its tag for the first time */
} Value;

enum { NONE = 0 };
enum { TENSOR, PROTO };

struct Reader {
    uint64_t key[2];
    Tag *tags;
    uint8_t *names;
    int32_t *slots; /* numbers of tags, -1 where there is none; a power of two of them */
    uint64_t names_size, names_room, slot_mask;
    int64_t tag_count, tag_room;
    Points *curves;
    int64_t curve_count, curve_room;
    Value *values; /* of the record at hand */
    int64_t value_count, value_room;
    int64_t records, scanned, rest; /* bytes */
    int64_t reserved;               /* bytes of memory for points */
    int32_t last;                   /* tag */
    int32_t checksum;
};

/* The number of a tag, which is made where there is none; -1 if there is no memory. After `before`,
 * -1 for none, mostly comes the tag that came then the last time. */
int32_t tag_number(Reader *reader, const uint8_t *tag, uint64_t length, int32_t before);

/* An array with room for one more element of `size` bytes; NULL if there is no memory. */
void *grown(void *array, int64_t count, int64_t *room, uint64_t size);

/* Adds a point to the curve of a tag; 0 if there is no memory. */
int add_point(Reader *reader, int32_t tag, int kind, int64_t step, uint64_t wall,
              const void *value);

static inline uint64_t width_of(int kind) {
    return kind == HISTOGRAM ? sizeof(Distribution) : kind == DOUBLE ? 8 : 4;
}

#endif
