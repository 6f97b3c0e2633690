/* Learning from what Python has decoded, and finding its like. */
#include "lessons.h"

#include <stdlib.h>

#include "wire.h"

static int plugin_named(const Reader *reader, const uint8_t *name, uint64_t length) {
    for (int index = 0; index < reader->plugin_count; index++)
        if (reader->plugins[index].length == length &&
            alike(reader->plugins[index].name, name, length))
            return index;
    return -1;
}

int plugin_in(const Reader *reader, const uint8_t *at, const uint8_t *end) {
    const uint8_t *behind, *last;
    uint64_t data_class;
    int plugin = 0;
    if (enter(&at, end, 0x0A, &behind)) {
        if (enter(&at, behind, 0x0A, &last)) {
            plugin = plugin_named(reader, at, (uint64_t)(last - at));
            at = last;
        }
        if (enter(&at, behind, 0x12, &last))
            at = last; /* what only the plugin understands */
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

static int fits(const Form *form, int plugin, const uint8_t *at, uint64_t length) {
    uint32_t after = form->first + form->size;
    return form->length == length && form->plugin == plugin &&
           alike(at, form->same, form->first) &&
           alike(at + after, form->same + after, length - after);
}

const Form *form_of(const Reader *reader, uint8_t *hint, int plugin, const uint8_t *at,
                    uint64_t length) {
    if (*hint < reader->form_count && fits(&reader->forms[*hint], plugin, at, length))
        return &reader->forms[*hint];
    for (int index = 0; index < reader->form_count; index++)
        if (fits(&reader->forms[index], plugin, at, length)) {
            *hint = (uint8_t)index;
            return &reader->forms[index];
        }
    return NULL;
}

Reader *reader_new(void) {
    Reader *reader = calloc(1, sizeof *reader);
    if (reader && !(reader->tags = tags_new())) {
        free(reader);
        return NULL;
    }
    return reader;
}

void reader_free(Reader *reader) {
    if (!reader)
        return;
    for (int index = 0; index < reader->form_count; index++)
        free(reader->forms[index].same);
    for (int index = 0; index < reader->plugin_count; index++)
        free(reader->plugins[index].name);
    shapes_free(&reader->shapes);
    tags_free(reader->tags);
    free(reader);
}

static uint8_t *copied(const uint8_t *octets, uint64_t length) {
    uint8_t *copy = malloc(length + 1);
    if (copy)
        memcpy(copy, octets, length);
    return copy;
}

/* Teaches a form; 0 if there is no room for it. */
int teach_form(Reader *reader, const uint8_t *same, uint32_t length, uint32_t first, uint32_t size,
               int32_t kind, int32_t plugin) {
    if (reader->form_count == MOST_FORMS || (kind == HISTOGRAM && size > BUCKET * MOST_BUCKETS))
        return 0;
    uint8_t *copy = copied(same, length);
    if (copy)
        reader->forms[reader->form_count++] =
            (Form){copy, length, first, size, (uint8_t)kind, (uint8_t)plugin};
    return copy != NULL;
}

/* Teaches the next plugin; 0 if there is no room for it. */
int teach_plugin(Reader *reader, const uint8_t *name, uint64_t length) {
    if (reader->plugin_count == MOST_PLUGINS)
        return 0;
    uint8_t *copy = copied(name, length);
    if (copy)
        reader->plugins[reader->plugin_count++] = (Plugin){copy, length};
    return copy != NULL;
}

/* The bytes of up to MOST_NAMES tags from a number on, one behind the other, and their lengths.
 * Returns how many tags; what `octets` points to holds until the next tag is learnt. */
int32_t tags_from(const Reader *reader, int32_t first, const uint8_t **octets, uint32_t *lengths) {
    int32_t count = 0;
    const uint8_t *tag = tags_at(reader->tags, first, lengths);
    for (*octets = tag; tag && count < MOST_NAMES; count++)
        tag = tags_at(reader->tags, first + count + 1, &lengths[count + 1]);
    return count;
}

/* The number of a tag; -1 if there is no memory. */
int32_t number_of(Reader *reader, const uint8_t *tag, uint32_t length) {
    return tags_find(reader->tags, tag, length, -1);
}

int32_t interface(void) { return INTERFACE; }
