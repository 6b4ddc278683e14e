package panel

import (
	"strings"

	"gonogo/ui/theme"
)

// glyphH is how many dots high a block letter is; two dots make a cell.
const glyphH = 5

// blockLetter returns the dots of a letter, row by row, '#' being on; nil where there is none for it.
func blockLetter(r rune) []string {
	rows, ok := map[rune]string{
		'A': ".##.|#..#|####|#..#|#..#", 'B': "###.|#..#|###.|#..#|###.", 'C': ".###|#...|#...|#...|.###",
		'D': "###.|#..#|#..#|#..#|###.", 'E': "####|#...|###.|#...|####", 'F': "####|#...|###.|#...|#...",
		'G': ".###|#...|#.##|#..#|.###", 'H': "#..#|#..#|####|#..#|#..#", 'I': "#|#|#|#|#",
		'K': "#..#|#.#.|##..|#.#.|#..#", 'L': "#...|#...|#...|#...|####", 'N': "#...#|##..#|#.#.#|#..##|#...#",
		'O': ".##.|#..#|#..#|#..#|.##.", 'R': "###.|#..#|###.|#.#.|#..#", 'S': ".###|#...|.##.|...#|###.",
		'T': "#####|..#..|..#..|..#..|..#..", 'U': "#..#|#..#|#..#|#..#|.##.", 'W': "#...#|#...#|#.#.#|##.##|#...#",
		'0': ".##.|#..#|#..#|#..#|.##.", '1': ".#.|##.|.#.|.#.|###", '2': "###.|...#|.##.|#...|####", '3': "###.|...#|.##.|...#|###.",
		'4': "#..#|#..#|####|...#|...#", '5': "####|#...|###.|...#|###.", '6': ".##.|#...|###.|#..#|.##.", '7': "####|...#|..#.|.#..|.#..",
		'8': ".##.|#..#|.##.|#..#|.##.", '9': ".##.|#..#|.###|...#|.##.", '%': "#..#|..#.|.#..|#..#|....", '.': ".|.|.|.|#", ',': ".|.|.|#|#",
		':': ".|#|.|#|.", '-': "...|...|###|...|...", '–': "...|...|###|...|...", ' ': "..|..|..|..|..", '/': "...#|..#.|..#.|.#..|#...",
		's': "....|.###|##..|..##|###.", 'm': ".....|##.#.|#.#.#|#.#.#|#.#.#", 'h': "#...|#...|###.|#..#|#..#", 'd': "...#|...#|.###|#..#|.###",
		'k': "#...|#..#|#.#.|##..|#.#.", 'M': "#...#|##.##|#.#.#|#...#|#...#", 'i': "#|.|#|#|#", '<': "..#|.#.|#..|.#.|..#", '>': "#..|.#.|..#|.#.|#..",
	}[r]
	if !ok {
		return nil
	}
	return strings.Split(rows, "|")
}

// blockRows returns text in block letters, glyphH rows of dots; nil where a letter is not known.
func blockRows(text string) []string {
	out := make([]string, glyphH)
	for i, r := range []rune(text) {
		glyph := blockLetter(r)
		if glyph == nil {
			return nil
		}
		for y := range out {
			if i > 0 {
				out[y] += "."
			}
			out[y] += glyph[y]
		}
	}
	return out
}

// blockWidth returns how many cells text takes in block letters, 0 where it cannot be written so.
func blockWidth(text string) int {
	rows := blockRows(text)
	if rows == nil {
		return 0
	}
	return len(rows[0])
}

// block draws text in block letters, a dot a cell wide and half a cell high:
// three lines from y on, of which the uppermost half is blank where top is 1.
func (c *canvas) block(x, y, top int, style theme.Style, text string) {
	rows := blockRows(text)
	if rows == nil {
		return
	}
	on := func(dx, dy int) bool { return dy >= 0 && dy < glyphH && rows[dy][dx] == '#' }
	for dx := range len(rows[0]) {
		for line := range 3 {
			upper, lower := on(dx, 2*line-top), on(dx, 2*line+1-top)
			switch {
			case upper && lower:
				c.set(x+dx, y+line, style, '█')
			case upper:
				c.set(x+dx, y+line, style, '▀')
			case lower:
				c.set(x+dx, y+line, style, '▄')
			}
		}
	}
}

// ground fills a rectangle with the ground of a chip.
func (c *canvas) ground(r rect, style theme.Style) {
	for y := r.y; y < r.y+r.h; y++ {
		c.fill(r.x, y, r.w, style, ' ')
	}
}

// verdictChip draws the gate's answer on its own ground in three lines and at
// most most cells from the left upper corner on, and returns its width: in block letters where they fit, else spaced.
func (c *canvas) verdictChip(text, glyph string, style theme.Style, most int) int {
	if w := blockWidth(text) + 4; w > 4 && w <= most && !c.theme.ASCII() {
		c.ground(rect{0, 0, w, 3}, style)
		c.block(2, 0, 1, style, text)
		return w
	}
	spaced := glyph + "  " + strings.Join(strings.Split(text, ""), " ")
	if cells(spaced)+6 > most {
		spaced = glyph + " " + text
	}
	w := min(cells(spaced)+6, most)
	c.ground(rect{0, 0, w, 3}, style)
	c.text(3, 1, w-3, style, spaced)
	return w
}
