/* Sorting the rows of a table by the number of their curve. */
#include <math.h>

#include "native.h"

static double moment(uint64_t bits) {
    double seconds;
    memcpy(&seconds, &bits, sizeof seconds);
    return seconds;
}

/* Whether a row is of a later step than the row before it, and was not written before it. */
static int behind(const int64_t *steps, const uint64_t *walls, int64_t row) {
    return steps[row - 1] < steps[row] && moment(walls[row - 1]) <= moment(walls[row]);
}

/* Sorts by counting, which keeps the order within each curve.
 *
 * `wide` tells of each curve whether its values are 8 bytes wide; if not, they are 4. All curves of
 * 4 bytes come first, and `out_values` has their values, then, from the next multiple of 8 bytes
 * on, those of 8. `starts` and `ends` are to tell where each curve has its rows, and `orderly`
 * whether its steps rise from row to row and its clock never goes back. Returns how many rows have
 * values of 4 bytes.
 */
int64_t sort_rows(const int32_t *numbers, const int64_t *steps, const uint64_t *walls,
                  const uint64_t *values, int64_t rows, const uint8_t *wide, int64_t curves,
                  int64_t *starts, int64_t *ends, int64_t *orderly, int64_t *out_steps,
                  uint64_t *out_walls, void *out_values) {
    int64_t place = 0, narrow = 0;
    memset(ends, 0, (uint64_t)curves * sizeof *ends);
    for (int64_t row = 0; row < rows; row++)
        ends[numbers[row]]++;
    for (int eight = 0; eight < 2; eight++) {
        for (int64_t curve = 0; curve < curves; curve++)
            if (wide[curve] == eight) {
                int64_t count = ends[curve];
                starts[curve] = ends[curve] = place;
                orderly[curve] = 1;
                place += count;
            }
        narrow = eight ? narrow : place;
    }
    uint32_t *fours = (uint32_t *)out_values;
    uint64_t *eights = (uint64_t *)out_values + (narrow + 1) / 2;
    for (int64_t row = 0; row < rows; row++) {
        int32_t curve = numbers[row];
        int64_t to = ends[curve]++;
        out_steps[to] = steps[row];
        out_walls[to] = walls[row];
        if (to > starts[curve] ? !behind(out_steps, out_walls, to) : !isfinite(moment(walls[row])))
            orderly[curve] = 0;
        if (wide[curve])
            eights[to - narrow] = values[row];
        else
            fours[to] = (uint32_t)values[row];
    }
    for (int64_t curve = 0; curve < curves; curve++)
        if (ends[curve] > starts[curve] && !isfinite(moment(out_walls[ends[curve] - 1])))
            orderly[curve] = 0;
    return narrow;
}
