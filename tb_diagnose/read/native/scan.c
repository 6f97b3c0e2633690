/* The records of a block, one after the other: their points become rows of a table.
 *
 *     09 <wall time> [10 <step>] 2a <length> { 0a <length> 0a <length> <tag> <data> [4a <metadata>] }
 *
 * That is an Event with a wall time, a step and a Summary, as nearly all writers write it. Where the
 * data of each value has a form that was taught, the record is taken; at any other the scan stops.
 *
 * Most records hold scalars alone, and are the same as one before but for wall time, step and the
 * scalars. What is the same is kept as a *shape* (shapes.h): each record is compared first with the
 * shape of the one that followed its predecessor the last time, and then need not be parsed.
 */
#include "lessons.h"
#include "wire.h"

/* What is known of a tag in one file. Numbers of curves count from 1; 0 is for none yet. */
typedef struct {
    int32_t scalar, histogram;
    uint8_t plugin; /* 0 if none is known */
    uint8_t kind;   /* of the scalars: FLOAT or DOUBLE */
    uint8_t form;   /* the one that fitted the last time */
    uint8_t unused;
} Seen;

/* Something new about a tag: its first curve of that kind, or its plugin where `kind` is 0. */
typedef struct {
    int32_t tag, kind;
} News;

/* Where points go, in the order written: to columns that Python has made. */
typedef struct {
    int32_t *numbers;
    int64_t *steps;
    uint64_t *walls;
    void *values; /* the bits of scalars in 8 bytes each, or Reduced */
    int64_t count, room;
} Rows;

typedef struct {
    Seen *seen;
    int64_t known; /* of so many tags there is room to know something */
    Rows scalars, reduced;
    News *news;
    int64_t news_count, news_room;
    int64_t records;
    int32_t curves, histograms; /* so many there are */
    int32_t last;               /* tag */
    int32_t checksum;
    int32_t full; /* whether there was no room for what the scan stopped at */
} File;

/* What an event says; its first scalars are remembered. */
typedef struct {
    uint64_t wall;
    int64_t step;
    const uint8_t *record;
    Part parts[MOST_PARTS];
    int count; /* of its scalars */
} Said;

static int tell(File *file, int32_t tag, int32_t kind) {
    if (file->news_count == file->news_room) {
        file->full = 1;
        return 0;
    }
    file->news[file->news_count++] = (News){tag, kind};
    return 1;
}

/* Puts down all of a row but its value; 0 if there is no room. */
static int begin_row(File *file, Rows *rows, int32_t number, const Said *said) {
    if (rows->count == rows->room) {
        file->full = 1;
        return 0;
    }
    rows->numbers[rows->count] = number - 1;
    rows->steps[rows->count] = said->step;
    rows->walls[rows->count] = said->wall;
    return 1;
}

static int take_scalar(File *file, int32_t tag, int kind, const uint8_t *at, Said *said) {
    Seen *seen = &file->seen[tag];
    if (!seen->scalar) {
        if (!tell(file, tag, kind))
            return 0;
        seen->scalar = ++file->curves;
        seen->kind = (uint8_t)kind;
    }
    /* To widen a curve is left to Python. */
    if ((kind == DOUBLE && seen->kind == FLOAT) ||
        !begin_row(file, &file->scalars, seen->scalar, said))
        return 0;
    uint64_t bits = kind == DOUBLE ? word64(at) : word32(at);
    if (kind != seen->kind) {
        float narrow;
        memcpy(&narrow, at, sizeof narrow);
        double wide = narrow;
        memcpy(&bits, &wide, sizeof bits);
    }
    ((uint64_t *)file->scalars.values)[file->scalars.count++] = bits;
    if (said->count < MOST_PARTS)
        said->parts[said->count] =
            (Part){tag, (uint16_t)(at - said->record), (uint8_t)kind, seen->plugin};
    said->count++;
    return 1;
}

/* By its form, or a HistogramProto where there is none. */
static int take_histogram(File *file, int32_t tag, const Form *form, const uint8_t *at,
                          const uint8_t *end, const Said *said) {
    Seen *seen = &file->seen[tag];
    if (!seen->histogram) {
        if (!tell(file, tag, HISTOGRAM))
            return 0;
        seen->histogram = ++file->histograms;
    }
    Rows *rows = &file->reduced;
    if (!begin_row(file, rows, seen->histogram, said))
        return 0;
    Reduced *reduced = (Reduced *)rows->values + rows->count;
    if (form)
        reduce_tensor(at + form->first, form->size / BUCKET, reduced);
    else if (!reduce_proto(at, end, reduced))
        return 0;
    rows->count++;
    return 1;
}

/* Where the data that begins at `at` ends; NULL if it is nothing to be taken. */
static const uint8_t *behind_data(const uint8_t *at, const uint8_t *end) {
    const uint8_t *behind;
    if (end - at >= 5 && *at == 0x15) /* a simple value */
        return at + 5;
    return enter(&at, end, 0x42, &behind) || enter(&at, end, 0x2A, &behind) ? behind : NULL;
}

static int take_value(Reader *reader, File *file, const uint8_t *at, const uint8_t *end,
                      Said *said) {
    const uint8_t *data, *last;
    if (!enter(&at, end, 0x0A, &data) || !(last = behind_data(data, end)))
        return 0;
    int32_t tag = tags_find(reader->tags, at, (uint32_t)(data - at), file->last);
    if (tag < 0)
        return 0;
    if (tag >= file->known) {
        file->full = 1;
        return 0;
    }
    file->last = tag;
    Seen *seen = &file->seen[tag];
    if (last < end) {
        const uint8_t *metadata = last, *behind;
        int plugin = enter(&metadata, end, 0x4A, &behind) && behind == end
                         ? plugin_in(reader, metadata, end)
                         : -1;
        /* What the first value said, holds. */
        if (plugin < 0 || (plugin && seen->plugin && plugin != seen->plugin))
            return 0;
        if (plugin && !seen->plugin) {
            if (!tell(file, tag, 0))
                return 0;
            seen->plugin = (uint8_t)plugin;
        }
    }
    const Form *form = form_of(reader, &seen->form, seen->plugin, data, (uint64_t)(last - data));
    if (form && form->kind != HISTOGRAM)
        return take_scalar(file, tag, form->kind, data + form->first, said);
    if (form)
        return take_histogram(file, tag, form, data, last, said);
    const uint8_t *behind;
    return enter(&data, last, 0x2A, &behind) && take_histogram(file, tag, NULL, data, last, said);
}

static int take_event(Reader *reader, File *file, const uint8_t *at, const uint8_t *end,
                      Said *said) {
    uint64_t step = 0;
    const uint8_t *behind;
    if (end - at < 12 || *at != 0x09)
        return 0;
    said->wall = word64(at + 1);
    at += 9;
    if (*at == 0x10 && (at++, !varint(&at, end, &step)))
        return 0;
    said->step = (int64_t)step;
    if (!enter(&at, end, 0x2A, &behind) || behind != end)
        return 0;
    for (; at < end; at = behind)
        if (!enter(&at, end, 0x0A, &behind) || !take_value(reader, file, at, behind, said))
            return 0;
    return 1;
}

/* Takes back what a record did before one of its values turned out not to be known. */
static void take_back(File *file, int64_t scalars, int64_t reduced, int64_t news) {
    file->scalars.count = scalars;
    file->reduced.count = reduced;
    while (file->news_count > news) {
        News last = file->news[--file->news_count];
        Seen *seen = &file->seen[last.tag];
        if (last.kind == HISTOGRAM) {
            seen->histogram = 0;
            file->histograms--;
        } else if (last.kind) {
            seen->scalar = 0;
            file->curves--;
        } else {
            seen->plugin = 0;
        }
    }
}

/* Whether a payload is what was written. */
static int intact(const File *file, const uint8_t *payload, const uint8_t *end) {
    return !file->checksum || masked(crc32c(payload, (uint64_t)(end - payload))) == word32(end);
}

/* Takes a record field by field; returns how many bytes it is, 0 if it is left. `steady` is told
 * whether its tag came after the one before it the last time, too: then it pays to learn. */
static int64_t take_record(Reader *reader, File *file, const uint8_t *record, int64_t size,
                           int *steady) {
    uint64_t length = word64(record);
    if (length > LONGEST_RECORD || length > (uint64_t)(size - HEADER - FOOTER) ||
        masked(crc32c(record, 8)) != word32(record + 8))
        return 0;
    const uint8_t *payload = record + HEADER, *end = payload + length;
    if (!intact(file, payload, end))
        return 0;
    int64_t scalars = file->scalars.count, reduced = file->reduced.count, news = file->news_count;
    int32_t before = file->last, expected = tags_after(reader->tags, before);
    Said said;
    said.record = record, said.count = 0;
    if (!take_event(reader, file, payload, end, &said)) {
        take_back(file, scalars, reduced, news);
        return 0;
    }
    uint64_t whole = HEADER + length + FOOTER;
    *steady = said.count && said.parts[0].tag == expected;
    if (*steady && said.count <= MOST_PARTS && file->news_count == news &&
        file->reduced.count == reduced)
        shape_learn(&reader->shapes, record, whole, said.parts, said.count, before);
    return (int64_t)whole;
}

/* Takes a record if it is of that shape; 0 if not. */
static int take_shaped(File *file, const Shape *shape, const uint8_t *record, int64_t size) {
    uint64_t step;
    if (!shape_fits(shape, record, size, &step))
        return 0;
    for (const Part *part = shape->parts; part < shape->parts + shape->count; part++) {
        const Seen *seen = &file->seen[part->tag];
        if (part->tag >= file->known || !seen->scalar || seen->kind != part->kind ||
            seen->plugin != part->plugin)
            return 0;
    }
    Rows *rows = &file->scalars;
    if (rows->room - rows->count < shape->count ||
        !intact(file, record + HEADER, record + shape->size - FOOTER))
        return 0;
    for (const Part *part = shape->parts; part < shape->parts + shape->count; part++) {
        const uint8_t *value = record + part->place;
        rows->numbers[rows->count] = file->seen[part->tag].scalar - 1;
        rows->steps[rows->count] = (int64_t)step;
        rows->walls[rows->count] = word64(record + EVENT + 1);
        ((uint64_t *)rows->values)[rows->count++] =
            part->kind == DOUBLE ? word64(value) : word32(value);
    }
    file->last = shape->parts[shape->count - 1].tag;
    return 1;
}

/* Takes the records that the block begins with; returns how many bytes they are. */
int64_t scan(Reader *reader, File *file, const uint8_t *octets, int64_t size) {
    const Shapes *shapes = &reader->shapes;
    const Shape *before = shape_of(shapes, file->last);
    int64_t at = 0;
    int steady = 1;
    file->full = 0;
    while (size - at >= HEADER + FOOTER) {
        const Shape *shape = steady && before ? shape_of(shapes, before->next) : NULL;
        if (shape && take_shaped(file, shape, octets + at, size - at)) {
            at += shape->size;
        } else {
            int64_t whole = take_record(reader, file, octets + at, size - at, &steady);
            if (!whole)
                break;
            at += whole;
            shape = shape_of(shapes, file->last);
        }
        file->records++;
        before = shape;
    }
    return at;
}
