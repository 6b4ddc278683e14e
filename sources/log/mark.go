package log

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	ends     = 4   // by how many lines the end of a file is known again in another file
	tailSize = 256 // by how many bytes before the mark a file itself is
)

// mark is what is old: every file with the place that it had come to. It holds
// sums of lines, never their text.
type mark struct {
	At    time.Time `json:"at"` // on this machine's clock, compared with the times of files only
	Files []marked  `json:"files"`
}

// marked is one file at the mark.
type marked struct {
	Path   string   `json:"path"`
	Dev    uint64   `json:"dev"`
	Ino    uint64   `json:"ino"`
	Offset int64    `json:"offset"`
	Torn   bool     `json:"torn,omitempty"`  // a line was being written
	Tail   uint64   `json:"tail,omitempty"`  // the sum of the last tailSize bytes
	Head   []uint64 `json:"head,omitempty"`  // sums of its first lines
	Last   []uint64 `json:"last,omitempty"`  // sums of its last whole lines
	Whole  bool     `json:"whole,omitempty"` // it has no lines but Last
}

func (m *marked) id() fileID { return fileID{m.Dev, m.Ino} }

// sum returns by what bytes are known again.
func sum(b []byte) uint64 {
	s := sha256.Sum256(b)
	return binary.BigEndian.Uint64(s[:])
}

// take marks all files that there are.
func take(globs []glob, now time.Time) (mark, error) {
	m := mark{At: now}
	files, err := candidates(globs, nil)
	if err != nil {
		return m, err
	}
	for _, f := range files {
		e, err := markFile(f.path)
		if errors.Is(err, fs.ErrNotExist) { // renamed meanwhile: begin again
			return m, fmt.Errorf("%s was renamed meanwhile", f.path)
		}
		if err != nil {
			return m, err
		}
		m.Files = append(m.Files, e)
	}
	return m, nil
}

func markFile(path string) (marked, error) {
	file, is, err := open(path)
	if err != nil {
		return marked{}, err
	}
	defer func() { _ = file.Close() }() // only read
	size := is.info.Size()
	e := marked{Path: path, Dev: is.id.dev, Ino: is.id.ino, Offset: size}
	if size == 0 {
		return e, nil
	}
	if e.Tail, err = tailOf(file, size); err != nil {
		return e, err
	}
	e.Torn = !endsLine(file, size)
	head, err := readAt(file, 0, int(min(size, maxLine)))
	if err != nil {
		return e, err
	}
	var s splitter
	s.write(head, func(line []byte) {
		if len(e.Head) < ends {
			e.Head = append(e.Head, sum(line))
		}
	})
	from := max(0, size-maxLine)
	end, err := readAt(file, from, int(size-from))
	if err != nil {
		return e, err
	}
	all := 0
	s = splitter{skip: from > 0}
	s.write(end, func(line []byte) {
		all++
		e.Last = append(e.Last, sum(line))
		if len(e.Last) > ends {
			e.Last = e.Last[1:]
		}
	})
	e.Whole = from == 0 && all <= ends
	return e, nil
}

// tailOf returns the sum of the last bytes before offset.
func tailOf(file *os.File, offset int64) (uint64, error) {
	from := max(0, offset-tailSize)
	b, err := readAt(file, from, int(offset-from))
	if err != nil {
		return 0, err
	}
	return sum(b), nil
}

func (m mark) String() string {
	b, _ := json.Marshal(m) // which it always can be
	return string(b)
}

func parseMark(text string) (mark, error) {
	var m mark
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.At.IsZero() {
		return m, errors.New("the mark is none of a log")
	}
	for _, f := range m.Files {
		if f.Offset < 0 || len(f.Last) > ends || len(f.Head) > ends {
			return m, errors.New("the mark is none of a log")
		}
	}
	return m, nil
}

// candidates returns the files that globs stand for, those beside them that
// rotation made of them (NAME.1, NAME-20260102, unless compressed), and those
// marked files that have another name in the same folder by now. Each comes once.
func candidates(globs []glob, old []marked) ([]found, error) {
	files, _, err := list(globs)
	if err != nil {
		return nil, err
	}
	names := map[string][]string{} // the names of logs, by folder
	name := func(path string) {
		dir, base := filepath.Split(path)
		if !slices.Contains(names[dir], base) {
			names[dir] = append(names[dir], base)
		}
	}
	seen, known := map[fileID]bool{}, map[fileID]bool{}
	for _, f := range files {
		seen[f.id] = true
		name(f.path)
	}
	for _, g := range globs {
		if g.literal != "" {
			name(g.literal)
		}
	}
	for i := range old {
		known[old[i].id()] = true
		name(old[i].Path)
	}
	for dir, bases := range names {
		entries, err := os.ReadDir(cmp.Or(dir, "."))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // then what is beside a log is not seen
			continue
		} else if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() {
				continue
			}
			f, err := look(filepath.Join(dir, e.Name()))
			if err != nil || seen[f.id] || !known[f.id] && !slices.ContainsFunc(bases, func(base string) bool { return rotated(e.Name(), base) }) {
				continue
			}
			seen[f.id] = true
			if files = append(files, f); len(files) > maxFiles {
				return nil, fmt.Errorf("there are more than %d files, with those that rotation made: expected paths that fewer match", maxFiles)
			}
		}
	}
	return files, nil
}

// rotated reports whether name is what rotation calls a log that was called base.
func rotated(name, base string) bool {
	rest, ok := strings.CutPrefix(name, base)
	return ok && len(rest) > 1 && (rest[0] == '.' || rest[0] == '-') && !slices.Contains([]string{".gz", ".bz2", ".xz", ".zst", ".lz4", ".tmp", ".swp"}, filepath.Ext(name))
}
