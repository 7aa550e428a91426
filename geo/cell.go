package geo

// Cell is an S2 cell id: a quadrilateral of the sphere at one of 31 levels, ordered along a
// space-filling curve, so that all cells inside a cell form one range of ids.
type Cell uint64

// Levels used by the parts of the program, with the rough length of a cell's edge.
const (
	LevelFar   = 10 // 10 km: what one wide search covered
	LevelTile  = 13 // 1.1 km: one tile of places
	LevelCache = 15 // 280 m: one entry of the cache of stories
)

// CellRange is a closed range of leaf cells (level 30).
type CellRange struct{ Min, Max Cell }

// CellAt returns the cell of the given level (0-30) that contains p.
func CellAt(p Point, level int) Cell { panic("contract") }

// Leaf returns the level 30 cell that contains p: the key under which places are ordered.
func Leaf(p Point) Cell { panic("contract") }

// Level returns the cell's level, 0-30.
func (c Cell) Level() int { panic("contract") }

// Center returns the middle of the cell.
func (c Cell) Center() Point { panic("contract") }

// Range returns the leaf cells inside c.
func (c Cell) Range() CellRange { panic("contract") }

// Bounds returns the centre of c and the radius in metres of a circle round it that holds all of c.
func (c Cell) Bounds() (center Point, radius float64) { panic("contract") }

// CellsWithin appends to dst every cell of the given level that meets the circle of radius metres round p.
func CellsWithin(dst []Cell, p Point, radius float64, level int) []Cell { panic("contract") }

// RangesWithin returns at most 16 ranges of leaf cells that together cover the circle of radius metres round p.
// They may cover more than the circle: the caller still checks distances.
func RangesWithin(p Point, radius float64) []CellRange { panic("contract") }
