/* The tags that were met in any file, by number: a hash table with open addressing. */
#include "native.h"

#include <stdlib.h>

typedef struct {
    uint64_t hash, place; /* where its bytes stand in `octets` */
    uint32_t length;
    int32_t next; /* the tag that came after it the last time */
} Tag;

struct Tags {
    Tag *tags;
    uint8_t *octets;
    int32_t *slots; /* numbers of tags, -1 where there is none; a power of two of them */
    uint64_t count, room, used, octets_room, mask;
};

Tags *tags_new(void) {
    Tags *tags = calloc(1, sizeof *tags);
    if (!tags)
        return NULL;
    tags->slots = malloc(sizeof *tags->slots);
    if (!tags->slots) {
        free(tags);
        return NULL;
    }
    tags->slots[0] = -1;
    return tags;
}

void tags_free(Tags *tags) {
    if (tags) {
        free(tags->tags);
        free(tags->octets);
        free(tags->slots);
        free(tags);
    }
}

static uint64_t hash_of(const uint8_t *tag, uint32_t length) {
    uint64_t hash = length * 0x9E3779B97F4A7C15u;
    for (uint32_t at = 0; at < length; at += 8) {
        uint64_t word = 0;
        memcpy(&word, tag + at, length - at < 8 ? length - at : 8);
        hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
    }
    return hash;
}

static int is(const Tags *tags, int32_t number, const uint8_t *tag, uint32_t length) {
    const Tag *known = &tags->tags[number];
    return known->length == length && alike(tags->octets + known->place, tag, length);
}

/* Room for one more tag of that length; 0 if there is no memory. */
static int make_room(Tags *tags, uint32_t length) {
    if (tags->count == tags->room) {
        uint64_t room = tags->room ? 2 * tags->room : 64;
        Tag *moved = realloc(tags->tags, room * sizeof *moved);
        if (!moved)
            return 0;
        tags->tags = moved, tags->room = room;
    }
    if (tags->used + length > tags->octets_room) {
        uint64_t room = 2 * tags->octets_room + length + 1024;
        uint8_t *moved = realloc(tags->octets, room);
        if (!moved)
            return 0;
        tags->octets = moved, tags->octets_room = room;
    }
    if (4 * tags->count >= 3 * (tags->mask + 1)) {
        uint64_t size = tags->mask ? 4 * (tags->mask + 1) : 256;
        int32_t *slots = malloc(size * sizeof *slots);
        if (!slots)
            return 0;
        memset(slots, 0xFF, size * sizeof *slots);
        for (uint64_t number = 0; number < tags->count; number++) {
            uint64_t slot = tags->tags[number].hash & (size - 1);
            while (slots[slot] >= 0)
                slot = (slot + 1) & (size - 1);
            slots[slot] = (int32_t)number;
        }
        free(tags->slots);
        tags->slots = slots, tags->mask = size - 1;
    }
    return 1;
}

static int32_t look_up(Tags *tags, const uint8_t *tag, uint32_t length) {
    if (!make_room(tags, length))
        return -1;
    uint64_t hash = hash_of(tag, length), slot = hash & tags->mask;
    for (; tags->slots[slot] >= 0; slot = (slot + 1) & tags->mask) {
        int32_t number = tags->slots[slot];
        if (tags->tags[number].hash == hash && is(tags, number, tag, length))
            return number;
    }
    int32_t number = tags->slots[slot] = (int32_t)tags->count++;
    tags->tags[number] = (Tag){hash, tags->used, length, -1};
    memcpy(tags->octets + tags->used, tag, length);
    tags->used += length;
    return number;
}

int32_t tags_after(const Tags *tags, int32_t before) {
    return before >= 0 ? tags->tags[before].next : -1;
}

int32_t tags_find(Tags *tags, const uint8_t *tag, uint32_t length, int32_t before) {
    int32_t expected = tags_after(tags, before);
    if (expected >= 0 && is(tags, expected, tag, length))
        return expected;
    int32_t number = look_up(tags, tag, length);
    if (before >= 0 && number >= 0)
        tags->tags[before].next = number;
    return number;
}

const uint8_t *tags_at(const Tags *tags, int32_t number, uint32_t *length) {
    if ((uint64_t)number >= tags->count)
        return NULL;
    *length = tags->tags[number].length;
    return tags->octets + tags->tags[number].place;
}
