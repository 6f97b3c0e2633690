/* Records, one after the other: their values become points.
 *
 *     09 <wall time> [10 <step>] 2a <length> { 0a <length> 0a <length> <tag> <data> [4a <metadata>] }
 *
 * That is an Event with a wall time, a step and a Summary, as nearly all writers write it. A record
 * of another form, or with a value that is no plain number or histogram, is left to Python.
 *
 * Most records hold scalars alone, and equal one before but for wall time, step and the values. So
 * each record is first compared with the template (state.h) of the record that came after its
 * predecessor the last time; where it fits, it need not be parsed. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "state.h"

/* Where a record has its event, and what follows the wall time in it: a step, if there is one. */
enum { EVENT = HEADER, MOMENT = HEADER + 9 };

/* What is done with the tensors of a plugin. */
enum Plugin { NO_PLUGIN, SCALARS, HISTOGRAMS, FIRST_FOR_PYTHON, LAST_FOR_PYTHON = 6, OTHER };
static const char *const plugins[] = {"",         "scalars",           "histograms", "text",
                                      "hparams",  "graph_keras_model", "diagnose",   "other"};

const char *plugin_name(int32_t number) {
    return number >= 0 && number <= OTHER ? plugins[number] : NULL;
}

static int plugin_number(const uint8_t *name, uint64_t length) {
    for (int number = 0; number < OTHER; number++)
        if (strlen(plugins[number]) == length && !memcmp(plugins[number], name, length))
            return number;
    return OTHER;
}

/* The plugin that a SummaryMetadata names; -1 if it is for Python to tell. */
static int plugin_in(const uint8_t *at, const uint8_t *end) {
    const uint8_t *behind, *last;
    uint64_t data_class;
    int plugin = NO_PLUGIN;
    if (enter(&at, end, 0x0A, &behind)) {
        if (enter(&at, behind, 0x0A, &last)) {
            plugin = plugin_number(at, (uint64_t)(last - at));
            at = last;
        }
        if (enter(&at, behind, 0x12, &last)) {
            if (plugin >= FIRST_FOR_PYTHON && plugin <= LAST_FOR_PYTHON)
                return -1; /* content that means something */
            at = last;
        }
        if (at != behind)
            return -1;
    }
    for (uint8_t key = 0x12; key <= 0x1A; key += 8)
        if (enter(&at, end, key, &behind))
            at = behind; /* a name and a description to be shown */
    if (at < end && *at == 0x20 && (at++, !varint(&at, end, &data_class)))
        return -1;
    return at == end ? plugin : -1;
}

/* The only dimension of a tensor's shape that is no 3, where the shape is [k, 3]; else -1. */
static int64_t buckets_in(const uint8_t *at, const uint8_t *end) {
    uint64_t sizes[2];
    for (int axis = 0; axis < 2; axis++) {
        const uint8_t *last;
        if (!enter(&at, end, 0x12, &last) || at == last || *at++ != 0x08 ||
            !varint(&at, last, &sizes[axis]) || at != last)
            return -1;
    }
    return at == end && sizes[1] == 3 && sizes[0] < INT64_MAX / BUCKET ? (int64_t)sizes[0] : -1;
}

/* A TensorProto that holds one float, one double or the buckets of a histogram: sets kind and data
 * of `value`. 0 if it is for Python to decode. */
static int parse_tensor(const uint8_t *at, const uint8_t *end, int plugin, Value *value) {
    const uint8_t *shape = NULL, *behind = NULL, *content;
    if (end - at < 2 || *at != 0x08 || (at[1] != FLOAT && at[1] != DOUBLE))
        return 0;
    int kind = at[1];
    at += 2;
    if (enter(&at, end, 0x12, &behind)) {
        shape = at;
        at = behind;
    }
    if (!enter(&at, end, 0x22, &content) && !enter(&at, end, kind == FLOAT ? 0x2A : 0x32, &content))
        return 0;
    if (content != end)
        return 0;
    value->at = at, value->end = end;
    if (plugin == HISTOGRAMS) {
        int64_t buckets = shape ? buckets_in(shape, behind) : -1;
        value->kind = HISTOGRAM, value->form = TENSOR;
        return kind == DOUBLE && buckets > 0 && end - at == BUCKET * buckets;
    }
    value->kind = (uint8_t)kind;
    return shape == behind && (uint64_t)(end - at) == width_of(kind);
}

/* The data of a value, from `at` on; sets `last` to where it ends. 0 if it is for Python. */
static int parse_data(const uint8_t *at, const uint8_t *end, const uint8_t **last, int *tensor,
                      Value *value) {
    *tensor = 0;
    if (end - at >= 5 && *at == 0x15) {
        value->at = at + 1, value->end = *last = at + 5, value->kind = FLOAT;
        return 1;
    }
    value->kind = NONE;
    if (enter(&at, end, 0x22, last) || enter(&at, end, 0x32, last))
        return 1; /* an image, a sound */
    if (enter(&at, end, 0x2A, last)) {
        value->at = at, value->end = *last, value->kind = HISTOGRAM, value->form = PROTO;
        return is_usual_proto(at, *last);
    }
    *tensor = enter(&at, end, 0x42, last);
    value->at = at;
    return *tensor;
}

static int parse_value(Reader *reader, const uint8_t *at, const uint8_t *end, int32_t *before) {
    const uint8_t *data, *last;
    int tensor;
    Value *values = grown(reader->values, reader->value_count, &reader->value_room, sizeof *values);
    if (!values)
        return 0;
    reader->values = values;
    Value *value = &values[reader->value_count];
    value->named = 0;
    if (!enter(&at, end, 0x0A, &data) || !parse_data(data, end, &last, &tensor, value))
        return 0;
    value->tag = tag_number(reader, at, (uint64_t)(data - at), *before);
    if (value->tag < 0)
        return 0;
    *before = value->tag;
    Tag *tag = &reader->tags[value->tag];
    if (last < end) {
        const uint8_t *metadata = last, *behind;
        if (!enter(&metadata, end, 0x4A, &behind) || behind != end)
            return 0;
        int plugin = plugin_in(metadata, end);
        if (plugin < 0)
            return 0;
        /* What the first value said, holds. */
        if (plugin && !tag->plugin)
            tag->plugin = (uint8_t)plugin, value->named = 1;
    }
    reader->value_count++;
    if (!tensor || tag->plugin == OTHER)
        return 1;
    return tag->plugin < FIRST_FOR_PYTHON && parse_tensor(value->at, last, tag->plugin, value);
}

/* Parses an event; 0 if it is for Python. */
static int parse_event(Reader *reader, const uint8_t *at, const uint8_t *end, int64_t *step) {
    uint64_t number = 0;
    const uint8_t *behind;
    int32_t before = reader->last;
    reader->value_count = 0;
    if (end - at < 12 || *at != 0x09)
        return 0;
    at += 9;
    if (*at == 0x10 && (at++, !varint(&at, end, &number)))
        return 0;
    *step = (int64_t)number;
    if (!enter(&at, end, 0x2A, &behind) || behind != end)
        return 0;
    for (; at < end; at = behind)
        if (!enter(&at, end, 0x0A, &behind) || !parse_value(reader, at, behind, &before))
            return 0;
    return 1;
}

/* Takes back what a record that is left to Python said about its tags. */
static void forget_plugins(Reader *reader) {
    for (int64_t index = 0; index < reader->value_count; index++)
        if (reader->values[index].named)
            reader->tags[reader->values[index].tag].plugin = NO_PLUGIN;
}

/* Adds the values that have been parsed; 0 if there is no memory. */
static int add_values(Reader *reader, int64_t step, uint64_t wall) {
    for (int64_t index = 0; index < reader->value_count; index++) {
        const Value *value = &reader->values[index];
        Distribution reduced;
        const void *data = value->at;
        if (value->kind == NONE)
            continue;
        if (value->kind == HISTOGRAM) {
            if (value->form == TENSOR)
                reduce_tensor(value->at, (value->end - value->at) / BUCKET, &reduced);
            else
                reduce_proto(value->at, value->end, &reduced);
            data = &reduced;
        }
        if (!add_point(reader, value->tag, value->kind, step, wall, data))
            return 0;
    }
    return 1;
}

static Template *template_of(const Reader *reader, int32_t tag) {
    return tag >= 0 ? reader->tags[tag].template : NULL;
}

/* Room for a template of `size` bytes behind its count; NULL if there is no memory. */
static Template *room_for_template(Tag *tag, uint64_t size) {
    if (tag->template && tag->template->room >= size)
        return tag->template;
    /* Its like will be longer by a byte or two, when the step is. */
    Template *template = realloc(tag->template, offsetof(Template, scalars) + size + 8);
    if (!template)
        return NULL;
    if (!tag->template)
        template->next = -1;
    template->room = (uint16_t)(size + 8);
    return tag->template = template;
}

/* Keeps a record as a template, if it holds scalars and nothing else. */
static void learn(Reader *reader, const uint8_t *record, uint64_t size, int32_t before) {
    const uint8_t *summary = record + MOMENT;
    uint64_t step, scalars_size = (uint64_t)reader->value_count * sizeof(Scalar);
    if (size > LONGEST_TEMPLATE || reader->value_count > MOST_SCALARS || !reader->value_count)
        return;
    for (int64_t index = 0; index < reader->value_count; index++) {
        const Value *value = &reader->values[index];
        if (value->named || (value->kind != FLOAT && value->kind != DOUBLE))
            return;
    }
    if (*summary == 0x10 && (summary++, !varint(&summary, record + size, &step)))
        return;
    int32_t last = reader->values[reader->value_count - 1].tag;
    Template *template = room_for_template(&reader->tags[last], scalars_size + size), *previous;
    if (!template)
        return;
    template->size = (uint16_t)size, template->count = (uint16_t)reader->value_count;
    template->summary = (uint16_t)(summary - record);
    for (int64_t index = 0; index < reader->value_count; index++) {
        const Value *value = &reader->values[index];
        template->scalars[index] = (Scalar){value->tag, (uint16_t)(value->at - record),
                                            value->kind, reader->tags[value->tag].plugin};
    }
    memcpy(template->scalars + template->count, record, size);
    if ((previous = template_of(reader, before)))
        previous->next = last;
}

/* Whether a record, of which `size` bytes are there, fits a template; its step is found, too. */
static int fits(const Template *template, const uint8_t *record, int64_t size, uint64_t *step) {
    const uint8_t *same = (const uint8_t *)(template->scalars + template->count);
    const uint8_t *at = record + MOMENT;
    if (size < template->size || word64(record) != word64(same) ||
        word32(record + 8) != word32(same + 8) || record[EVENT] != same[EVENT])
        return 0;
    *step = 0;
    if (template->summary > MOMENT &&
        (*at++ != 0x10 || !varint(&at, record + template->summary, step)))
        return 0;
    uint32_t place = template->summary;
    if (at != record + place)
        return 0;
    for (int index = 0; index < template->count; index++) {
        const Scalar *scalar = &template->scalars[index];
        if (!equal(record + place, same + place, scalar->place - place))
            return 0;
        place = scalar->place + (uint32_t)width_of(scalar->kind);
    }
    return equal(record + place, same + place, (uint64_t)template->size - FOOTER - place);
}

static int is_intact(const Reader *reader, const uint8_t *payload, const uint8_t *end) {
    return !reader->checksum || masked(crc32c(payload, (uint64_t)(end - payload))) == word32(end);
}

/* Takes a record if it fits a template; 0 if not. */
static int take_fitting(Reader *reader, const Template *template, const uint8_t *record,
                        int64_t size) {
    uint64_t step;
    if (!fits(template, record, size, &step))
        return 0;
    for (int index = 0; index < template->count; index++)
        if (reader->tags[template->scalars[index].tag].plugin != template->scalars[index].plugin)
            return 0;
    if (!is_intact(reader, record + HEADER, record + template->size - FOOTER))
        return 0;
    for (int index = 0; index < template->count; index++) {
        const Scalar *scalar = &template->scalars[index];
        if (!add_point(reader, scalar->tag, scalar->kind, (int64_t)step, word64(record + EVENT + 1),
                       record + scalar->place))
            return 0;
    }
    reader->last = template->scalars[template->count - 1].tag;
    return 1;
}

/* Takes a record field by field; returns its size, 0 if it is left. `steady` is set to whether its
 * first tag came after the one before it the last time, too: then it pays to keep a template. */
static int64_t take_parsed(Reader *reader, const uint8_t *record, int64_t size, int *steady) {
    uint64_t length = word64(record);
    int64_t step;
    if (length > (uint64_t)(size - HEADER - FOOTER) ||
        masked(crc32c(record, 8)) != word32(record + 8))
        return 0;
    const uint8_t *payload = record + HEADER, *end = payload + length;
    if (!is_intact(reader, payload, end))
        return 0;
    int32_t before = reader->last, expected = before >= 0 ? reader->tags[before].next : -1;
    if (!parse_event(reader, payload, end, &step)) {
        forget_plugins(reader);
        return 0;
    }
    uint64_t whole = HEADER + length + FOOTER;
    if (!add_values(reader, step, word64(payload + 1)))
        return 0;
    *steady = reader->value_count && reader->values[0].tag == expected;
    if (*steady)
        learn(reader, record, whole, before);
    if (reader->value_count)
        reader->last = reader->values[reader->value_count - 1].tag;
    return (int64_t)whole;
}

int64_t reader_scan(Reader *reader, const uint8_t *octets, int64_t size, int64_t rest) {
    const Template *before = template_of(reader, reader->last);
    int64_t at = 0, begin = reader->scanned;
    int steady = 1;
    while (size - at >= HEADER + FOOTER) {
        const Template *template = steady && before ? template_of(reader, before->next) : NULL;
        reader->scanned = begin + at, reader->rest = size - at + rest;
        if (template && take_fitting(reader, template, octets + at, size - at)) {
            at += template->size;
        } else {
            int64_t whole = take_parsed(reader, octets + at, size - at, &steady);
            if (!whole)
                break;
            at += whole;
            template = template_of(reader, reader->last);
        }
        reader->records++;
        before = template;
    }
    reader->scanned = begin + at;
    return at;
}

#ifndef HEADER_DIGEST
#define HEADER_DIGEST ""
#endif
const char *header_digest(void) { return HEADER_DIGEST; }

Reader *reader_new(uint64_t key_low, uint64_t key_high, int32_t checksum) {
    Reader *reader = calloc(1, sizeof *reader);
    if (reader) {
        reader->key[0] = key_low, reader->key[1] = key_high;
        reader->checksum = checksum, reader->last = -1;
    }
    return reader;
}

void reader_free(Reader *reader) {
    if (!reader)
        return;
    for (int64_t number = 0; number < reader->tag_count; number++)
        free(reader->tags[number].template);
    for (int64_t index = 0; index < reader->curve_count; index++)
        free(reader->curves[index].memory);
    free(reader->tags);
    free(reader->names);
    free(reader->slots);
    free(reader->curves);
    free(reader->values);
    free(reader);
}

int64_t reader_records(const Reader *reader) { return reader->records; }

int32_t reader_plugin(Reader *reader, const uint8_t *tag, int64_t length, const uint8_t *plugin,
                      int64_t plugin_length) {
    int32_t number = tag_number(reader, tag, (uint64_t)length, -1);
    if (number < 0)
        return -1;
    Tag *known = &reader->tags[number];
    if (!known->plugin && plugin_length)
        known->plugin = (uint8_t)plugin_number(plugin, (uint64_t)plugin_length);
    return known->plugin;
}

int32_t reader_add(Reader *reader, const uint8_t *tag, int64_t length, int32_t kind, int64_t step,
                   uint64_t wall, const void *value) {
    int32_t number = tag_number(reader, tag, (uint64_t)length, -1);
    return number >= 0 && add_point(reader, number, kind, step, wall, value);
}
