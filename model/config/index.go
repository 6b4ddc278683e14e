package config

import (
	"maps"
	"strconv"
	"strings"
)

// maxDepth is how deep arrays and inline tables may be nested, and how many parts
// a dotted key may have; the TOML library recurses without a limit.
const maxDepth = 32

// index tells on which line of a TOML text each key stands, which the TOML
// library does not. A key is named by its path: metric.error.target,
// phase.ten.check[0].text.
type index struct {
	lines  map[string]int
	order  map[string]int // place of a path's first mention
	keys   []string       // every key as written, without array places, in the order of the text
	arrays map[string]int // number of elements of an array of tables
	deep   int            // the line on which the nesting is too deep; 0: nowhere
}

// join returns the path of key name below path.
func join(path, name string) string {
	if path == "" {
		return quoteKey(name)
	}
	return path + "." + quoteKey(name)
}

// element returns the path of the element n of the array at path.
func element(path string, n int) string { return path + "[" + strconv.Itoa(n) + "]" }

// quoteKey returns name as TOML wants it in a dotted key; inert.
func quoteKey(name string) string {
	for _, c := range []byte(name) {
		if !bareByte(c) {
			return strconv.Quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

func bareByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// line returns where path stands, or what it is in; 0 where that is nowhere.
func (x *index) line(path string) int {
	for path != "" {
		if n, ok := x.lines[path]; ok {
			return n
		}
		path = parent(path)
	}
	return 0
}

// move has what stands at from, and below it, stand at to as well.
func (x *index) move(from, to string) {
	for path, line := range maps.Clone(x.lines) {
		if rest, below := strings.CutPrefix(path, from); below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			x.lines[to+rest], x.order[to+rest] = line, x.order[path]
		}
	}
}

// parent returns what path is in, "" for the file.
func parent(path string) string {
	if strings.HasSuffix(path, "]") {
		return path[:max(0, strings.LastIndexByte(path, '['))]
	}
	if strings.HasSuffix(path, `"`) {
		for i := len(path) - 2; i >= 0; i-- {
			if path[i] == '"' && (i == 0 || path[i-1] != '\\') {
				return path[:max(0, i-1)]
			}
		}
	}
	return path[:max(0, strings.LastIndexByte(path, '.'))]
}

// mark notes that path is mentioned on a line. What a later line defines
// outright (explicit) stands there, and not where it was only implied.
func (x *index) mark(path string, line int, explicit bool) {
	if _, ok := x.order[path]; !ok {
		x.order[path] = len(x.order)
		x.lines[path] = line
	} else if explicit {
		x.lines[path] = line
	}
}

// markKey notes the parts of a dotted key below base, and returns its path.
// Arrays of tables on the way stand for their last element.
func (x *index) markKey(base string, parts []string, line int) string {
	path := base
	for i, part := range parts {
		path = join(path, part)
		last := i == len(parts)-1
		x.mark(path, line, last)
		if n := x.arrays[path]; n > 0 && !last {
			path = element(path, n-1)
		}
	}
	return path
}

// write adds a key to keys.
func (x *index) write(context, parts []string) []string {
	full := append(append([]string{}, context...), parts...)
	quoted := make([]string, len(full))
	for i, p := range full {
		quoted[i] = quoteKey(p)
	}
	x.keys = append(x.keys, strings.Join(quoted, "."))
	return full
}
