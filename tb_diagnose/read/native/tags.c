/* The tags of a file, by number: a hash table with open addressing. */
#include <stdlib.h>

#include "state.h"

static inline uint64_t rotated(uint64_t word, int by) { return (word << by) | (word >> (64 - by)); }

static inline void sip_round(uint64_t v[4]) {
    v[0] += v[1], v[1] = rotated(v[1], 13) ^ v[0], v[0] = rotated(v[0], 32);
    v[2] += v[3], v[3] = rotated(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotated(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotated(v[1], 17) ^ v[2], v[2] = rotated(v[2], 32);
}

/* SipHash-1-3 (Aumasson, Bernstein 2012): who does not know the key cannot make tags collide. */
static uint64_t hash_of(const uint64_t key[2], const uint8_t *tag, uint64_t length) {
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
                     key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
    uint64_t at = 0;
    for (; at <= length; at += 8) {
        uint64_t word = 0;
        if (length - at >= 8)
            word = word64(tag + at);
        else {
            if (length > at)
                memcpy(&word, tag + at, length - at);
            word |= length << 56;
        }
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xFF;
    for (int round = 0; round < 3; round++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static int is(const Reader *reader, int32_t number, const uint8_t *tag, uint64_t length) {
    const Tag *known = &reader->tags[number];
    return known->length == length && equal(reader->names + known->place, tag, length);
}

void *grown(void *array, int64_t count, int64_t *room, uint64_t size) {
    if (count < *room)
        return array;
    int64_t more = 2 * *room + 64;
    void *moved = realloc(array, (uint64_t)more * size);
    if (moved)
        *room = more;
    return moved;
}

/* Makes the table four times as large where it is three quarters full. */
static int rehashed(Reader *reader) {
    if (reader->slots && 4 * (uint64_t)reader->tag_count < 3 * (reader->slot_mask + 1))
        return 1;
    uint64_t size = reader->slots ? 4 * (reader->slot_mask + 1) : 256;
    int32_t *slots = malloc(size * sizeof *slots);
    if (!slots)
        return 0;
    memset(slots, 0xFF, size * sizeof *slots);
    for (int64_t number = 0; number < reader->tag_count; number++) {
        uint64_t slot = reader->tags[number].hash & (size - 1);
        while (slots[slot] >= 0)
            slot = (slot + 1) & (size - 1);
        slots[slot] = (int32_t)number;
    }
    free(reader->slots);
    reader->slots = slots, reader->slot_mask = size - 1;
    return 1;
}

/* Room for one more tag of that length; 0 if there is no memory. */
static int make_room(Reader *reader, uint64_t length) {
    if (length >= UINT32_MAX || reader->tag_count >= INT32_MAX)
        return 0;
    if (reader->names_size + length + 1 > reader->names_room) {
        uint64_t room = 2 * reader->names_room + length + 1024;
        uint8_t *moved = realloc(reader->names, room);
        if (!moved)
            return 0;
        reader->names = moved, reader->names_room = room;
    }
    Tag *tags = grown(reader->tags, reader->tag_count, &reader->tag_room, sizeof *tags);
    if (tags)
        reader->tags = tags;
    return tags && rehashed(reader);
}

static int32_t looked_up(Reader *reader, const uint8_t *tag, uint64_t length) {
    if (!make_room(reader, length))
        return -1;
    uint64_t hash = hash_of(reader->key, tag, length), slot = hash & reader->slot_mask;
    for (; reader->slots[slot] >= 0; slot = (slot + 1) & reader->slot_mask) {
        int32_t number = reader->slots[slot];
        if (reader->tags[number].hash == hash && is(reader, number, tag, length))
            return number;
    }
    int32_t number = reader->slots[slot] = (int32_t)reader->tag_count++;
    reader->tags[number] = (Tag){hash, reader->names_size, NULL, (uint32_t)length, -1, -1, -1, 0};
    if (length)
        memcpy(reader->names + reader->names_size, tag, length);
    reader->names_size += length;
    return number;
}

int32_t tag_number(Reader *reader, const uint8_t *tag, uint64_t length, int32_t before) {
    int32_t expected = before >= 0 ? reader->tags[before].next : -1;
    if (expected >= 0 && is(reader, expected, tag, length))
        return expected;
    int32_t number = looked_up(reader, tag, length);
    if (before >= 0 && number >= 0)
        reader->tags[before].next = number;
    return number;
}

const uint8_t *reader_tags(const Reader *reader, uint64_t *size) {
    *size = reader->names_size;
    return reader->names;
}
