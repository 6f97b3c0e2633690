/* The points of each curve, in memory that grows with them. */
#include <math.h>
#include <stdlib.h>

#include "state.h"

static int64_t *steps_of(const Points *points) { return (int64_t *)(void *)points->memory; }

static uint64_t *walls_of(const Points *points) {
    return (uint64_t *)(void *)(points->memory + 8 * points->room);
}

static uint8_t *values_of(const Points *points) { return points->memory + 16 * points->room; }

/* How many points to make room for. By what has been read of the file, so many more will come; that
 * is only reserved, and costs nothing until it is used, but not beyond the size of the file. */
static int64_t room_for(const Reader *reader, const Points *points, uint64_t size) {
    int64_t room = points->room ? 2 * points->room : 1;
    if (points->count < 64 || reader->scanned <= 0)
        return room;
    double whole = 1.02 * (double)points->count *
                   ((double)reader->rest / (double)reader->scanned + 1.0);
    double most = (double)(reader->scanned + reader->rest) + (1 << 26);
    if (whole > (double)room && (double)reader->reserved + whole * (double)size < most)
        return (int64_t)whole;
    return room;
}

/* Moves points to memory with that room, as points of that kind. */
static int moved(Reader *reader, Points *points, int64_t room, int kind) {
    uint64_t width = width_of(kind);
    Points more = *points;
    more.memory = malloc((uint64_t)room * (16 + width));
    if (!more.memory)
        return 0;
    more.room = room, more.kind = (uint8_t)kind;
    if (points->count) {
        uint64_t count = (uint64_t)points->count;
        memcpy(steps_of(&more), steps_of(points), 8 * count);
        memcpy(walls_of(&more), walls_of(points), 8 * count);
        if (kind == points->kind)
            memcpy(values_of(&more), values_of(points), width * count);
        else
            for (uint64_t index = 0; index < count; index++) {
                float narrow;
                memcpy(&narrow, values_of(points) + 4 * index, sizeof narrow);
                double wide = narrow;
                memcpy(values_of(&more) + 8 * index, &wide, sizeof wide);
            }
    }
    reader->reserved += room * (int64_t)(16 + width) -
                        points->room * (int64_t)(16 + width_of(points->kind));
    free(points->memory);
    *points = more;
    return 1;
}

static Points *curve_of(Reader *reader, int32_t tag, int kind) {
    Tag *known = &reader->tags[tag];
    int32_t *number = kind == HISTOGRAM ? &known->histogram : &known->scalar;
    if (*number < 0) {
        Points *curves =
            grown(reader->curves, reader->curve_count, &reader->curve_room, sizeof *curves);
        if (!curves)
            return NULL;
        reader->curves = curves;
        reader->curves[reader->curve_count] =
            (Points){NULL, 0, 0, 0, -INFINITY, tag, (uint8_t)kind, 1, 0};
        *number = (int32_t)reader->curve_count++;
    }
    return &reader->curves[*number];
}

int add_point(Reader *reader, int32_t tag, int kind, int64_t step, uint64_t wall,
              const void *value) {
    Points *points = curve_of(reader, tag, kind);
    if (!points)
        return 0;
    if (kind == DOUBLE && points->kind == FLOAT && !moved(reader, points, points->room + 1, DOUBLE))
        return 0;
    uint64_t width = width_of(points->kind);
    if (points->count == points->room &&
        !moved(reader, points, room_for(reader, points, 16 + width), points->kind) &&
        !moved(reader, points, 2 * points->room + 1, points->kind))
        return 0;
    double clock, wide;
    memcpy(&clock, &wall, sizeof clock);
    if (!(clock >= points->last_wall && clock <= 1e300) ||
        (points->begun && step <= points->last_step))
        points->ordered = 0;
    points->last_step = step, points->last_wall = clock, points->begun = 1;
    steps_of(points)[points->count] = step;
    walls_of(points)[points->count] = wall;
    if (kind == FLOAT && points->kind == DOUBLE) {
        float narrow;
        memcpy(&narrow, value, sizeof narrow);
        wide = narrow;
        value = &wide;
    }
    memcpy(values_of(points) + width * (uint64_t)points->count, value, width);
    points->count++;
    return 1;
}

int64_t reader_curves(const Reader *reader, Curve *curves, int64_t room) {
    for (int64_t index = 0; index < room && index < reader->curve_count; index++) {
        const Points *points = &reader->curves[index];
        const Tag *tag = &reader->tags[points->tag];
        curves[index] = (Curve){tag->place,   points->count,   tag->length,
                                points->kind, points->ordered, 0};
    }
    return reader->curve_count;
}

/* Forgets points whose memory belongs to somebody else now, or is freed. */
static void emptied(Reader *reader, Points *points) {
    reader->reserved -= points->room * (int64_t)(16 + width_of(points->kind));
    points->memory = NULL, points->count = points->room = 0;
}

void reader_collect(Reader *reader, int64_t most, int64_t *steps, uint64_t *walls, float *floats,
                    double *doubles, Distribution *distributions) {
    for (int64_t index = 0; index < reader->curve_count; index++) {
        Points *points = &reader->curves[index];
        uint64_t count = (uint64_t)points->count, width = width_of(points->kind);
        if (!count || points->count > most)
            continue;
        memcpy(steps, steps_of(points), 8 * count);
        memcpy(walls, walls_of(points), 8 * count);
        steps += count, walls += count;
        void *values = points->kind == FLOAT    ? (void *)floats
                       : points->kind == DOUBLE ? (void *)doubles
                                                : (void *)distributions;
        memcpy(values, values_of(points), width * count);
        if (points->kind == FLOAT)
            floats += count;
        else if (points->kind == DOUBLE)
            doubles += count;
        else
            distributions += count;
        free(points->memory);
        emptied(reader, points);
    }
}

void *reader_detach(Reader *reader, int64_t curve, int64_t *room) {
    if (curve < 0 || curve >= reader->curve_count)
        return NULL;
    Points *points = &reader->curves[curve];
    void *memory = points->memory;
    *room = points->room;
    emptied(reader, points);
    return memory;
}

void points_free(void *points) { free(points); }
