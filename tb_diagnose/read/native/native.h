/* Reading event files at the speed of the processor: what the parts have in common.
 *
 * Python decodes each record that is new, and tells in what form the data of its like stands behind
 * a tag. Here its like are found and taken. Nothing is believed that was not compared byte by byte;
 * a record that is unlike all that was taught is left where it stands, for Python to decode.
 *
 * All numbers are little-endian, in files as in memory: nothing is built where they are not.
 */
#ifndef TB_DIAGNOSE_NATIVE_H
#define TB_DIAGNOSE_NATIVE_H

#include <stdint.h>
#include <string.h>

/* Raised whenever what Python passes or gets changes: binding.py refuses any other. */
#define INTERFACE 2

enum { HEADER = 12, FOOTER = 4 };
/* Longer records are no curves, and have more buckets than there is room for. */
enum { LONGEST_RECORD = 1 << 16, MOST_BUCKETS = 1 << 11 };
/* What there is room for, of what is taught; and so many tags are named at once. */
enum { MOST_FORMS = 64, MOST_PLUGINS = 16, MOST_NAMES = 255 };
/* Quantiles that are kept of a histogram, at multiples of 1 / SLICES. */
enum { SLICES = 32 };

/* Bytes of a bucket in a tensor. */
enum { BUCKET = 24 };

enum Kind { FLOAT = 1, DOUBLE = 2, HISTOGRAM = 3 };

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

/* Whether n bytes are the same: memcmp for a few of them. */
static inline int alike(const uint8_t *some, const uint8_t *others, uint64_t n) {
    uint64_t unlike = 0, at = 0;
    for (; at + 8 <= n; at += 8)
        unlike |= word64(some + at) ^ word64(others + at);
    if (n >= 8) /* the last word overlaps the one before */
        return !(unlike | (word64(some + n - 8) ^ word64(others + n - 8)));
    if (n >= 4)
        return !((word32(some) ^ word32(others)) | (word32(some + n - 4) ^ word32(others + n - 4)));
    for (; at < n; at++)
        unlike |= some[at] ^ others[at];
    return !unlike;
}

/* crc.c: CRC32C, and the form in which event files keep it. */
uint32_t crc32c(const uint8_t *at, uint64_t size);
static inline uint32_t masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u; }

/* tags.c: the tags that were met in any file, by number. */
typedef struct Tags Tags;
Tags *tags_new(void);
void tags_free(Tags *tags);
/* The number of a tag, which is new where it is the last one; -1 if there is no memory. `before`
 * is the number of the tag before it, -1 at first: after it mostly comes the one that came then. */
int32_t tags_find(Tags *tags, const uint8_t *tag, uint32_t length, int32_t before);
/* The number of the tag that came after it the last time; -1 if none did. */
int32_t tags_after(const Tags *tags, int32_t before);
/* A tag by its number, until another one is found; NULL where there is none. They stand one behind
 * the other. */
const uint8_t *tags_at(const Tags *tags, int32_t number, uint32_t *length);

/* histogram.c: what is kept of a histogram, as columns/histograms.py lays it out. */
#pragma pack(push, 4)
typedef struct {
    double count, low, high, mean, std, zero;
    float quantiles[SLICES + 1];
} Reduced;
#pragma pack(pop)

/* A [buckets, 3] tensor of (left, right, count). */
void reduce_tensor(const uint8_t *tensor, int64_t buckets, Reduced *reduced);
/* A HistogramProto; 0 if it is of another form than writers give it. */
int reduce_proto(const uint8_t *at, const uint8_t *end, Reduced *reduced);

#endif
