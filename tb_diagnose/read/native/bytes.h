/* Numbers and fields in bytes: records as event files frame them, Protocol Buffers' wire format. */
#ifndef TB_DIAGNOSE_BYTES_H
#define TB_DIAGNOSE_BYTES_H

#include <stdint.h>
#include <string.h>

#include "reader.h"

/* Bytes before and after the payload of a record. */
enum { HEADER = 12, FOOTER = 4 };

static inline uint32_t word32(const uint8_t *at) {
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint64_t word64(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline double float64(const uint8_t *at) {
    double number;
    memcpy(&number, at, sizeof number);
    return number;
}

/* Whether n bytes are equal: faster than memcmp for a few of them. */
static inline int equal(const uint8_t *one, const uint8_t *other, uint64_t n) {
    uint64_t unlike = 0, at = 0;
    for (; at + 8 <= n; at += 8)
        unlike |= word64(one + at) ^ word64(other + at);
    if (n >= 8) /* the last word overlaps the one before */
        return !(unlike | (word64(one + n - 8) ^ word64(other + n - 8)));
    if (n >= 4)
        return !((word32(one) ^ word32(other)) | (word32(one + n - 4) ^ word32(other + n - 4)));
    for (; at < n; at++)
        unlike |= one[at] ^ other[at];
    return !unlike;
}

/* The form in which event files store a CRC32C. */
static inline uint32_t masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u; }

/* Reads a varint and moves behind it; 0, without moving, if there is none. */
static inline int varint(const uint8_t **at, const uint8_t *end, uint64_t *found) {
    uint64_t value = 0;
    const uint8_t *place = *at;
    for (int shift = 0; shift < 64 && place < end; shift += 7) {
        uint8_t octet = *place++;
        value |= (uint64_t)(octet & 0x7F) << shift;
        if (octet < 0x80) {
            *at = place, *found = value;
            return 1;
        }
    }
    return 0;
}

/* Enters a length-delimited field with that key; `behind` is where it ends. 0, without moving, if
 * there is none. */
static inline int enter(const uint8_t **at, const uint8_t *end, uint8_t key,
                        const uint8_t **behind) {
    uint64_t length;
    const uint8_t *place = *at;
    if (place == end || *place != key)
        return 0;
    place++;
    if (!varint(&place, end, &length) || length > (uint64_t)(end - place))
        return 0;
    *at = place, *behind = place + length;
    return 1;
}

#endif
