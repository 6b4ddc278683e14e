package journal

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// errPower is what every call gets once the machine has stopped.
var errPower = errors.New("the power is gone")

// memDisk is a disk in memory that stops at a chosen call. What was not synced
// may be lost at a power cut: bytes, cuts and names alike.
type memDisk struct {
	rnd   *rand.Rand
	left  int // calls until it stops; < 0: never
	names map[string]*memInode
	old   map[string]*memInode // the names as they are on disk
	sync  []error              // taken by the next syncs, one each
}

// memInode is a file's content, as programs see it and as it is on disk.
type memInode struct{ now, disk []byte }

func newMemDisk(rnd *rand.Rand) *memDisk {
	return &memDisk{rnd: rnd, left: -1, names: map[string]*memInode{}, old: map[string]*memInode{}}
}

// step is a call's first: it reports whether the machine stops in the middle of it.
func (d *memDisk) step() (last bool, err error) {
	switch {
	case d.left == 0:
		return false, errPower
	case d.left > 0:
		d.left--
		return d.left == 0, nil
	}
	return false, nil
}

// reboot gives the machine its power back. After a kill all that was written
// is there; after a power cut all that was synced, and of the rest what chance keeps.
func (d *memDisk) reboot(cut bool) {
	d.left = -1
	if !cut {
		return
	}
	names := map[string]*memInode{}
	for name, f := range d.old {
		names[name] = f
	}
	for name, f := range d.names { // a new or removed name may have reached the disk all the same
		if names[name] == nil && d.rnd.IntN(2) == 0 {
			names[name] = f
		}
	}
	for name := range names {
		if d.names[name] == nil && d.rnd.IntN(2) == 0 {
			delete(names, name)
		}
	}
	for _, f := range names {
		f.now = d.survives(f)
		f.disk = f.now
	}
	d.names, d.old = names, copyNames(names)
}

// survives is what a power cut leaves of a file: what was synced, or a cut
// that was not yet, and of what was appended a part, with or without zeros in place of the rest.
func (d *memDisk) survives(f *memInode) []byte {
	if len(f.now) < len(f.disk) {
		if d.rnd.IntN(2) == 0 {
			return f.disk
		}
		return f.now
	}
	more := len(f.now) - len(f.disk)
	keep := len(f.disk)
	if more > 0 {
		keep += d.rnd.IntN(more + 1)
	}
	out := append([]byte(nil), f.now[:keep]...)
	if d.rnd.IntN(3) == 0 {
		out = append(out, make([]byte, len(f.now)-keep)...)
	}
	return out
}

func copyNames(m map[string]*memInode) map[string]*memInode {
	out := map[string]*memInode{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func (d *memDisk) open(name string, flag int) (file, error) {
	if _, err := d.step(); err != nil {
		return nil, err
	}
	f := d.names[name]
	switch {
	case f == nil && flag&os.O_CREATE == 0:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	case f != nil && flag&os.O_EXCL != 0:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
	case f == nil:
		f = &memInode{}
		d.names[name] = f
	}
	return &memFile{d: d, f: f}, nil
}

func (d *memDisk) remove(name string) error {
	if _, err := d.step(); err != nil {
		return err
	}
	delete(d.names, name)
	return nil
}

func (d *memDisk) is(name string, f file) (bool, error) { return d.names[name] == f.(*memFile).f, nil }

func (d *memDisk) writable(string) error { return nil }

func (d *memDisk) syncDir(dir string) error {
	last, err := d.step()
	if err != nil {
		return err
	}
	if last && d.rnd.IntN(2) == 0 {
		return errPower
	}
	for name, f := range d.names {
		if filepath.Dir(name) == dir {
			d.old[name] = f
		}
	}
	for name := range d.old {
		if filepath.Dir(name) == dir && d.names[name] == nil {
			delete(d.old, name)
		}
	}
	if last {
		return errPower
	}
	return nil
}

// memFile is an open file.
type memFile struct {
	d  *memDisk
	f  *memInode
	at int
}

func (m *memFile) Read(b []byte) (int, error) {
	n, err := m.ReadAt(b, int64(m.at))
	m.at += n
	if n > 0 {
		err = nil
	}
	return n, err
}

func (m *memFile) ReadAt(b []byte, at int64) (int, error) {
	if int(at) >= len(m.f.now) {
		return 0, io.EOF
	}
	n := copy(b, m.f.now[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Write appends; the machine may stop after some of it.
func (m *memFile) Write(b []byte) (int, error) {
	last, err := m.d.step()
	if err != nil {
		return 0, err
	}
	n := len(b)
	if last {
		n = m.d.rnd.IntN(n + 1)
		err = errPower
	}
	m.f.now = append(m.f.now[:len(m.f.now):len(m.f.now)], b[:n]...)
	return n, err
}

// Sync may have done its work or not when the machine stops in it. After an
// error nobody knows, and later ones say that all is well.
func (m *memFile) Sync() error {
	last, err := m.d.step()
	if err != nil {
		return err
	}
	if err := next(&m.d.sync); err != nil {
		m.f.disk = m.d.survives(m.f)
		m.f.now = m.f.now[:len(m.f.now):len(m.f.now)]
		return err
	}
	if last {
		m.f.disk = m.d.survives(m.f)
		return errPower
	}
	m.f.disk = m.f.now
	return nil
}

func (m *memFile) Truncate(size int64) error {
	last, err := m.d.step()
	if err != nil {
		return err
	}
	m.f.now = m.f.now[:size:size]
	if last {
		return errPower
	}
	return nil
}

func (m *memFile) Chmod(fs.FileMode) error    { return nil }
func (m *memFile) Close() error               { return nil }
func (m *memFile) Stat() (fs.FileInfo, error) { return memInfo(len(m.f.now)), nil }

// memInfo is a plain file of that size.
type memInfo int64

func (i memInfo) Name() string     { return "" }
func (i memInfo) Size() int64      { return int64(i) }
func (memInfo) Mode() fs.FileMode  { return 0o600 }
func (memInfo) ModTime() time.Time { return time.Time{} }
func (memInfo) IsDir() bool        { return false }
func (memInfo) Sys() any           { return nil }
