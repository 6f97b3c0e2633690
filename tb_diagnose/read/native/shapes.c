/* Learning the shapes of records. */
#include "shapes.h"

#include <stddef.h>
#include <stdlib.h>

void shapes_free(Shapes *shapes) {
    for (uint64_t tag = 0; tag < shapes->room; tag++)
        free(shapes->shapes[tag]);
    free(shapes->shapes);
}

/* Room for the shape of a record of `size` bytes that ends with a tag; NULL if there is none. */
static Shape *room_for(Shapes *shapes, int32_t tag, uint64_t size) {
    if ((uint64_t)tag >= shapes->room) {
        uint64_t room = 2 * (uint64_t)tag + 64;
        Shape **moved = realloc(shapes->shapes, room * sizeof *moved);
        if (!moved)
            return NULL;
        memset(moved + shapes->room, 0, (room - shapes->room) * sizeof *moved);
        shapes->shapes = moved, shapes->room = room;
    }
    Shape *known = shapes->shapes[tag];
    if (known && known->room >= size)
        return known;
    /* Its like will be longer by a byte or two, when the step is. */
    uint64_t room = size + 8;
    Shape *shape = realloc(known, offsetof(Shape, octets) + room);
    if (!shape)
        return NULL;
    shape->room = (uint16_t)room;
    if (!known)
        shape->next = -1;
    return shapes->shapes[tag] = shape;
}

Shape *shape_learn(Shapes *shapes, const uint8_t *record, uint64_t size, const Part *parts,
                   int count) {
    const uint8_t *summary = record + MOMENT, *end = record + size - FOOTER;
    uint64_t step;
    if (size > LONGEST_SHAPE || (*summary == 0x10 && (summary++, !varint(&summary, end, &step))))
        return NULL;
    Shape *shape = room_for(shapes, parts[count - 1].tag, size);
    if (!shape)
        return NULL;
    shape->size = (uint16_t)size, shape->summary = (uint16_t)(summary - record);
    shape->count = (uint16_t)count;
    memcpy(shape->parts, parts, (uint64_t)count * sizeof *parts);
    memcpy(shape->octets, record, size);
    return shape;
}
