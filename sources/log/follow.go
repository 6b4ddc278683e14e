package log

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model"
)

const (
	perLook  = 128 << 20 // how much is read at a time
	chunk    = 256 << 10 // of one file, before the next has its turn
	headSize = 256       // by how many bytes at its beginning a file is known again
	grace    = time.Minute
)

// follower reads what is appended to files. It belongs to one goroutine.
type follower struct {
	globs   []glob
	files   []*followed
	refused map[fileID]bool // were there and could not be opened: what they hold is old
	matched []time.Time     // when each glob last stood for a file
	began   time.Time       // zero before the first look
	buf     []byte
	most    int // bytes that are read at a time
}

// followed is one open file: held open, its inode is given to no other.
type followed struct {
	id    fileID
	file  *os.File
	at    int64 // of the next byte to read
	split splitter
	head  []byte
	used  time.Time // it was last found by a glob, or had grown
}

func newFollower(globs []glob) *follower {
	return &follower{globs: globs, refused: map[fileID]bool{}, matched: make([]time.Time, len(globs)), buf: make([]byte, chunk), most: perLook}
}

// errBehind says that there is more to read. Nothing is missed.
var errBehind = errors.New("more is written than can be read: it is behind")

// look reads what is new by now and gives its lines to to. The error says
// why what was read may not be all; model.ErrNoSeries that a path has no file.
func (f *follower) look(ctx context.Context, now time.Time, to sink) error {
	there, any, err := list(f.globs)
	if err != nil {
		return err
	}
	first := f.began.IsZero()
	err = f.take(there, first, now)
	if first {
		f.began = now
	}
	more, err2 := f.readAll(ctx, now, to)
	if err = errors.Join(err, err2); err == nil && more {
		err = errBehind
	}
	f.drop(now)
	for i, g := range f.globs {
		if any[i] {
			f.matched[i] = now
		} else if err == nil && (f.matched[i].IsZero() || now.Sub(f.matched[i]) > grace) {
			err = fmt.Errorf("%w: no file matches %s", model.ErrNoSeries, model.Inert(g.written))
		}
	}
	return err
}

// take begins to follow the files that are not followed yet: at their end those
// that were there at first, from their beginning those that appeared.
func (f *follower) take(there []found, first bool, now time.Time) error {
	var errs []error
	for _, t := range there {
		if i := slices.IndexFunc(f.files, func(o *followed) bool { return o.id == t.id }); i >= 0 {
			f.files[i].used = now
			continue
		}
		if len(f.files) >= maxFiles {
			return fmt.Errorf("more than %d files are open: rotation is faster than reading", maxFiles)
		}
		file, is, err := open(t.path)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, safefile.ErrIrregular): // renamed meanwhile
			continue
		case err != nil:
			f.refused[t.id] = true
			errs = append(errs, err)
			continue
		}
		if slices.ContainsFunc(f.files, func(o *followed) bool { return o.id == is.id }) {
			_ = file.Close() // only read
			continue
		}
		o := &followed{id: is.id, file: file, used: now}
		o.head, err = readAt(file, 0, min(headSize, int(min(is.info.Size(), headSize))))
		if err != nil {
			errs = append(errs, err)
		}
		if first || f.refused[is.id] || f.isCopy(o.head) {
			o.at = is.info.Size()
			o.split.skip = !endsLine(file, o.at)
		}
		delete(f.refused, is.id)
		f.files = append(f.files, o)
	}
	return errors.Join(errs...)
}

// isCopy reports whether a file that begins with head is a copy of one that is
// followed, as rotation by copying makes them: its lines were read already.
func (f *follower) isCopy(head []byte) bool {
	return slices.ContainsFunc(f.files, func(o *followed) bool { return len(o.head) >= 32 && bytes.HasPrefix(head, o.head) })
}

// readAll reads what is new in all files, a chunk of each in turn, and reports
// whether there is more.
func (f *follower) readAll(ctx context.Context, now time.Time, to sink) (more bool, err error) {
	var errs []error
	var busy []*followed
	for _, o := range f.files {
		grown, err := o.check()
		if err != nil {
			errs = append(errs, err)
		}
		if grown {
			o.used = now
			busy = append(busy, o)
		}
	}
	for left := f.most; len(busy) > 0 && left > 0 && ctx.Err() == nil; {
		busy = slices.DeleteFunc(busy, func(o *followed) bool {
			if left <= 0 {
				return false
			}
			n, err := o.file.ReadAt(f.buf[:min(left, len(f.buf))], o.at)
			o.at += int64(n)
			left -= n
			o.split.read(f.buf[:n], to)
			if err != nil && !errors.Is(err, io.EOF) {
				errs = append(errs, err)
			}
			return err != nil
		})
	}
	return len(busy) > 0, errors.Join(errs...)
}

// check reports whether the file has grown. One that was truncated is read from
// its beginning: also if it is longer again by now, which its head shows.
func (o *followed) check() (grown bool, err error) {
	info, err := o.file.Stat()
	if err != nil {
		return false, err
	}
	size := info.Size()
	if size == o.at {
		return false, nil
	}
	head, err := readAt(o.file, 0, int(min(size, headSize)))
	if err != nil {
		return false, err
	}
	if size < o.at || !bytes.HasPrefix(head, o.head) {
		o.at, o.split = 0, splitter{}
	}
	o.head = head
	return size > o.at, nil
}

// drop closes files that no path leads to any more and that do not grow.
func (f *follower) drop(now time.Time) {
	f.files = slices.DeleteFunc(f.files, func(o *followed) bool {
		if now.Sub(o.used) <= grace {
			return false
		}
		_ = o.file.Close() // only read
		return true
	})
}

func (f *follower) close() {
	for _, o := range f.files {
		_ = o.file.Close() // only read
	}
	f.files = nil
}

// readAt returns the n bytes of file at offset, fewer where it ends before.
func readAt(file *os.File, offset int64, n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := file.ReadAt(b, offset)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:n], err
}

// endsLine reports whether a line ends right before offset.
func endsLine(file *os.File, offset int64) bool {
	if offset == 0 {
		return true
	}
	b, err := readAt(file, offset-1, 1)
	return err == nil && len(b) == 1 && b[0] == '\n'
}
