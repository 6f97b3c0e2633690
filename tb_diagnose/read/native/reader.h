/* Reading event files at the speed of the processor: what Python calls.
 *
 * This header is the only declaration of what passes between C and Python. `binding.py` reads it:
 * so a struct has only fields of plain types, a constant stands in an enum as NAME = number, and
 * every function of the library begins its line with EXPORT.
 *
 * A Reader belongs to one event file and is used by one thread at a time; different readers share
 * nothing, so any number of threads may use one each. All numbers are little-endian, in files as in
 * memory: the library is not built where they are not.
 */
#ifndef TB_DIAGNOSE_READER_H
#define TB_DIAGNOSE_READER_H

#include <stdint.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* Kinds of curves. */
enum { FLOAT = 1, DOUBLE = 2, HISTOGRAM = 3 };

/* How a histogram is kept: statistics, and quantiles at multiples of 1/32. */
typedef struct {
    double count, low, high, mean, std, zero;
    float quantiles[33];
    uint32_t padding;
} Distribution;

/* A curve: its tag stands in reader_tags at `place`; `count` points have not been collected yet.
 * It is `ordered` if each step is greater than the one before it and the clock never goes back. */
typedef struct {
    uint64_t place;
    int64_t count;
    uint32_t length;
    int32_t kind, ordered, padding;
} Curve;

typedef struct Reader Reader;

/* The digest of this header that the library was compiled with. */
EXPORT const char *header_digest(void);

/* A reader for one file; NULL if there is no memory. The key, which should be random, keeps a file
 * from being written so that its tags collide in the hash table. */
EXPORT Reader *reader_new(uint64_t key_low, uint64_t key_high, int32_t checksum);
EXPORT void reader_free(Reader *reader);

/* Takes the records at the beginning of `octets`, up to the first one that is not whole, not intact
 * or for Python to decode; returns how many bytes they are. `rest` is how many bytes of the file
 * come after `octets`: an estimate, by which memory is reserved. */
EXPORT int64_t reader_scan(Reader *reader, const uint8_t *octets, int64_t size, int64_t rest);

/* How many records were taken. */
EXPORT int64_t reader_records(const Reader *reader);

/* Names the plugin of a tag, unless it has one; returns the one it has, by number: 0 for none.
 * -1 if there is no memory. */
EXPORT int32_t reader_plugin(Reader *reader, const uint8_t *tag, int64_t length,
                             const uint8_t *plugin, int64_t plugin_length);
/* The name of a plugin that has a number; NULL for the number after the last. */
EXPORT const char *plugin_name(int32_t number);

/* Adds a point that Python decoded: `value` is a float, a double or a Distribution, by `kind`, and
 * `wall` the bits of the wall time. 0 if there is no memory. */
EXPORT int32_t reader_add(Reader *reader, const uint8_t *tag, int64_t length, int32_t kind,
                          int64_t step, uint64_t wall, const void *value);

/* Describes the first `room` curves; returns how many there are. */
EXPORT int64_t reader_curves(const Reader *reader, Curve *curves, int64_t room);
/* All tags, one after the other, until the reader is used again; `size` is set to their bytes. */
EXPORT const uint8_t *reader_tags(const Reader *reader, uint64_t *size);

/* Moves out the points of all curves that have at most `most`, curve after curve: steps and wall
 * times into one array each, values into the array of their kind. */
EXPORT void reader_collect(Reader *reader, int64_t most, int64_t *steps, uint64_t *walls,
                           float *floats, double *doubles, Distribution *distributions);
/* Gives away the memory with the points of one curve: `room` steps, as many wall times, as many
 * values, of which the first `count` of each are points. The caller frees it by points_free. */
EXPORT void *reader_detach(Reader *reader, int64_t curve, int64_t *room);
EXPORT void points_free(void *points);

/* The first place from `at` on with an intact header of a record; where there is none, the place
 * from which to search on when more bytes have come. */
EXPORT int64_t find_header(const uint8_t *octets, int64_t size, int64_t at);

/* For tests: both ways to a CRC32C, and a histogram as [buckets, 3] of (left, right, count). */
EXPORT uint32_t crc32c(const uint8_t *octets, uint64_t size);
EXPORT uint32_t crc32c_by_table(const uint8_t *octets, uint64_t size);
EXPORT void reduce_tensor(const uint8_t *tensor, int64_t buckets, Distribution *distribution);

#endif
