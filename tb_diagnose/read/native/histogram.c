/* Histograms reduced to what a diagnosis needs: columns/histograms.py, one at a time.
 *
 * Sums are taken in the order in which NumPy takes them, and nothing is fused, so that both come to
 * the same bits.
 */
#include "native.h"

#include <math.h>

#include "wire.h"

typedef struct {
    double left[MOST_BUCKETS], right[MOST_BUCKETS], count[MOST_BUCKETS];
    int64_t size;
    double mean, std; /* NaN where the file does not tell their sums */
} Buckets;

static double number(const uint8_t *at) {
    double found;
    memcpy(&found, at, sizeof found);
    return found;
}

/* The sum of n numbers as np.add.reduce pairs them. */
static double paired(const double *numbers, int64_t n) {
    if (n > 128) {
        int64_t half = n / 2 - n / 2 % 8;
        return paired(numbers, half) + paired(numbers + half, n - half);
    }
    if (n < 8) {
        double sum = -0.0;
        for (int64_t at = 0; at < n; at++)
            sum += numbers[at];
        return sum;
    }
    double sums[8];
    memcpy(sums, numbers, sizeof sums);
    int64_t at = 8;
    for (; at < n - n % 8; at += 8)
        for (int lane = 0; lane < 8; lane++)
            sums[lane] += numbers[at + lane];
    double sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
                 ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (; at < n; at++)
        sum += numbers[at];
    return sum;
}

/* The same as np.add.reduceat: the first number, and the sum of the others. */
static double total_of(const double *numbers, int64_t n) {
    return n > 1 ? numbers[0] + paired(numbers + 1, n - 1) : numbers[0];
}

/* By linear interpolation within the bucket that each multiple of 1 / SLICES falls into. */
static void quantiles(const Buckets *b, Reduced *reduced) {
    double upto = 0, total = 0, below = 0;
    int64_t first = 0, slice = 0;
    for (int64_t at = 0; at < b->size; at++)
        total += b->count[at];
    while (b->count[first] == 0)
        first++;
    reduced->quantiles[0] = (float)b->left[first];
    for (int64_t at = 0; at < b->size; at++) {
        upto += b->count[at];
        double above = at == b->size - 1 ? 1.0 : upto / total;
        for (int64_t last = (int64_t)(above * SLICES); slice < last;) {
            double within = ((double)++slice / SLICES - below) / (above - below);
            reduced->quantiles[slice] = (float)(b->left[at] * (1 - within) + b->right[at] * within);
        }
        below = above;
    }
}

/* Mean and standard deviation by the middles of the buckets, where they are not known. */
static void measure(Buckets *b, double total) {
    double terms[MOST_BUCKETS];
    terms[0] = 0; /* there is one bucket at least */
    for (int64_t at = 0; at < b->size; at++) {
        double middle = b->left[at] / 2 + b->right[at] / 2;
        terms[at] = b->count[at] > 0 ? b->count[at] * middle : 0.0;
    }
    double mean = total_of(terms, b->size) / total;
    for (int64_t at = 0; at < b->size; at++) {
        double off = b->left[at] / 2 + b->right[at] / 2 - mean;
        terms[at] = b->count[at] > 0 ? b->count[at] * (off * off) : 0.0;
    }
    double std = sqrt(total_of(terms, b->size) / total);
    b->mean = isnan(b->mean) ? mean : b->mean;
    b->std = isnan(b->std) ? std : b->std;
}

static void reduce(Buckets *b, Reduced *reduced) {
    double terms[MOST_BUCKETS];
    terms[0] = 0; /* there is one bucket at least */
    for (int64_t at = 0; at < b->size; at++)
        b->count[at] = b->count[at] > 0 ? b->count[at] : 0.0;
    double total = total_of(b->count, b->size);
    if (!(total > 0 && isfinite(total))) {
        *reduced = (Reduced){total, NAN, NAN, NAN, NAN, NAN, {0}};
        for (int index = 0; index <= SLICES; index++)
            reduced->quantiles[index] = NAN;
        return;
    }
    if (isnan(b->mean) || isnan(b->std))
        measure(b, total);
    double low = b->left[0], high = b->right[b->size - 1];
    /* Buckets are closed on the left; the last one is closed on both sides. */
    for (int64_t at = 0; at < b->size; at++) {
        double right = b->right[at];
        int holds = b->left[at] <= 0 && (right > 0 || (right == 0 && high == 0));
        terms[at] = holds ? b->count[at] : 0.0;
    }
    double zero = total_of(terms, b->size) / total;
    /* NaN among the data leaves NaN edges: then not even the mean is known. */
    double mean = isnan(low) || isnan(high) ? NAN : b->mean;
    reduced->count = total, reduced->low = low, reduced->high = high;
    reduced->mean = mean, reduced->std = b->std, reduced->zero = zero;
    quantiles(b, reduced);
}

void reduce_tensor(const uint8_t *tensor, int64_t buckets, Reduced *reduced) {
    Buckets b;
    b.size = buckets, b.mean = b.std = NAN;
    for (int64_t at = 0; at < buckets; at++, tensor += BUCKET) {
        b.left[at] = number(tensor);
        b.right[at] = number(tensor + 8);
        b.count[at] = number(tensor + 16);
    }
    if (buckets == 1 && b.right[0] - b.left[0] == 1.0)
        /* Older TensorFlow widens the histogram of a constant to one bucket of width 1. */
        b.left[0] = b.right[0] = (b.left[0] + b.right[0]) / 2;
    reduce(&b, reduced);
}

/* As NumPy: NaN wins. */
static double within(double value, double low, double high) {
    double above = value >= low || isnan(value) ? value : low;
    return above <= high || isnan(above) ? above : high;
}

int reduce_proto(const uint8_t *at, const uint8_t *end, Reduced *reduced) {
    Buckets b;
    double singles[5] = {0, 0, 0, 0, 0}; /* min, max, num, sum, sum of squares */
    for (int index = 0; index < 5; index++)
        if (end - at >= 9 && *at == 0x09 + 8 * index) {
            singles[index] = number(at + 1);
            at += 9;
        }
    const uint8_t *limits = at, *counts, *last;
    if (!enter(&limits, end, 0x32, &counts))
        return 0;
    int64_t size = counts - limits;
    if (!size || size % 8 || size / 8 > MOST_BUCKETS)
        return 0;
    if (!enter(&counts, end, 0x3A, &last) || last != end || last - counts != size)
        return 0;
    double low = singles[0], high = singles[1], left = low;
    b.size = size / 8;
    for (int64_t bucket = 0; bucket < b.size; bucket++) {
        double right = number(limits + 8 * bucket);
        b.left[bucket] = within(left, low, high);
        b.right[bucket] = within(right, low, high);
        b.count[bucket] = number(counts + 8 * bucket);
        left = right;
    }
    b.mean = singles[3] / singles[2];
    double variance = singles[4] / singles[2] - b.mean * b.mean;
    b.std = sqrt(variance < 0 ? 0.0 : variance);
    reduce(&b, reduced);
    return 1;
}
