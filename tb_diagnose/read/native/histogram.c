/* Histograms reduced to statistics and quantiles: columns/histograms.py, one at a time. */
#include "histogram.h"

#include <math.h>

/* Buckets as they stand in the file: (left, right, count) of each, or upper limits and counts. */
typedef struct {
    const uint8_t *tensor, *limits, *counts;
    int64_t size;
    double low, high; /* between which the limits are clipped */
} Buckets;

typedef struct {
    double left, right, count;
} Bucket;

/* As NumPy clips: NaN wins. */
static double clipped(double value, double low, double high) {
    double above = value >= low || isnan(value) ? value : low;
    return above <= high || isnan(above) ? above : high;
}

static inline Bucket bucket(const Buckets *b, int64_t index) {
    Bucket found;
    if (b->tensor) {
        const uint8_t *at = b->tensor + BUCKET * index;
        found = (Bucket){float64(at), float64(at + 8), float64(at + 16)};
    } else {
        double left = index ? float64(b->limits + 8 * (index - 1)) : b->low;
        found.left = clipped(left, b->low, b->high);
        found.right = clipped(float64(b->limits + 8 * index), b->low, b->high);
        found.count = float64(b->counts + 8 * index);
    }
    if (!(found.count > 0))
        found.count = 0;
    return found;
}

static inline double middle(Bucket b) { return b.left / 2 + b.right / 2; }

/* By linear interpolation within the bucket that each multiple of 1 / SLICES falls into. */
static void quantiles(const Buckets *b, double total, Distribution *reduced) {
    double upto = 0, below = 0;
    int slice = -1;
    for (int64_t index = 0; index < b->size; index++) {
        Bucket one = bucket(b, index);
        if (one.count == 0)
            continue;
        if (slice < 0)
            reduced->quantiles[++slice] = (float)one.left;
        upto += one.count;
        double above = upto < total ? upto / total : 1.0;
        for (; slice < SLICES && slice + 1 <= above * SLICES;) {
            double within = ((double)++slice / SLICES - below) / (above - below);
            reduced->quantiles[slice] = (float)(one.left * (1 - within) + one.right * within);
        }
        below = above;
    }
}

/* `mean` and `std` are NaN where the file does not hold their sums. */
static void reduce(const Buckets *b, double mean, double std, Distribution *reduced) {
    double total = 0;
    for (int64_t index = 0; index < b->size; index++)
        total += bucket(b, index).count;
    *reduced = (Distribution){total, NAN, NAN, NAN, NAN, NAN, {0}, 0};
    for (int slice = 0; slice <= SLICES; slice++)
        reduced->quantiles[slice] = NAN;
    if (!(total > 0 && isfinite(total)))
        return;
    double low = bucket(b, 0).left, high = bucket(b, b->size - 1).right;
    double sum = 0, zero = 0, squares = 0;
    for (int64_t index = 0; index < b->size; index++) {
        Bucket one = bucket(b, index);
        if (one.count > 0)
            sum += one.count * middle(one);
        /* Buckets are closed on the left; the last one is closed on both sides. */
        if (one.left <= 0 && (one.right > 0 || (one.right == 0 && high == 0)))
            zero += one.count;
    }
    double center = sum / total;
    for (int64_t index = 0; isnan(std) && index < b->size; index++) {
        Bucket one = bucket(b, index);
        if (one.count > 0)
            squares += one.count * (middle(one) - center) * (middle(one) - center);
    }
    /* NaN among the data leaves NaN edges: then not even the mean is known. */
    mean = isnan(mean) ? center : mean;
    reduced->mean = isnan(low) || isnan(high) ? NAN : mean;
    reduced->std = isnan(std) ? sqrt(squares / total) : std;
    reduced->low = low, reduced->high = high, reduced->zero = zero / total;
    quantiles(b, total, reduced);
}

void reduce_tensor(const uint8_t *tensor, int64_t buckets, Distribution *reduced) {
    Buckets b = {tensor, 0, 0, buckets, 0, 0};
    uint8_t constant[BUCKET];
    if (buckets == 1) {
        Bucket only = bucket(&b, 0);
        if (only.right - only.left == 1.0) {
            /* Older TensorFlow widens the histogram of a constant to one bucket of width 1. */
            only.left = only.right = (only.left + only.right) / 2;
            memcpy(constant, &only, sizeof constant);
            b.tensor = constant;
        }
    }
    reduce(&b, NAN, NAN, reduced);
}

/* Finds the parts of a HistogramProto; 0 if it has another form than writers give it. */
static int parts(const uint8_t *at, const uint8_t *end, double singles[5], Buckets *b) {
    for (int index = 0; index < 5; index++) {
        singles[index] = 0;
        if (end - at >= 9 && *at == 0x09 + 8 * index) {
            singles[index] = float64(at + 1);
            at += 9;
        }
    }
    const uint8_t *behind, *last;
    if (!enter(&at, end, 0x32, &behind))
        return 0;
    int64_t size = behind - at;
    *b = (Buckets){0, at, behind, size / 8, singles[0], singles[1]};
    if (!size || size % 8 || !enter(&b->counts, end, 0x3A, &last))
        return 0;
    return last == end && last - b->counts == size;
}

int is_usual_proto(const uint8_t *at, const uint8_t *end) {
    double singles[5];
    Buckets b;
    return parts(at, end, singles, &b);
}

void reduce_proto(const uint8_t *at, const uint8_t *end, Distribution *reduced) {
    double singles[5];
    Buckets b;
    parts(at, end, singles, &b);
    double mean = singles[3] / singles[2], variance = singles[4] / singles[2] - mean * mean;
    reduce(&b, mean, sqrt(variance < 0 ? 0.0 : variance), reduced);
}
