package dotenv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"gonogo/model"
)

// replace puts data in old's place, if the file is still what old says;
// errRival if it is not.
func (s store) replace(ctx context.Context, old version, data []byte) error {
	if old.mode.Perm()&0o222 == 0 {
		return fmt.Errorf("it is read-only (mode %04o): chmod u+w it to have it changed: %w", old.mode.Perm(), fs.ErrPermission)
	}
	if err := writableFile(old.path); err != nil {
		return fmt.Errorf("it cannot be written: %w", err)
	}
	temp, err := writeBeside(ctx, old, data)
	if err != nil {
		return err
	}
	keep := false
	defer func() {
		if !keep {
			_ = os.Remove(temp)
		}
	}()
	if s.between != nil {
		s.between()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err = errNoExchange
	if !s.plainRename {
		err = exchange(temp, old.path)
	}
	switch {
	case errors.Is(err, errNoExchange):
		err = renameOver(temp, old)
	case errors.Is(err, fs.ErrNotExist):
		return errRival // the file went away; the next reading says so
	case err == nil:
		keep, err = s.settle(temp, old, data)
	}
	if err != nil {
		return err
	}
	return durable(ctx, func() error { return syncDir(filepath.Dir(old.path)) })
}

// settle looks at what came out when temp and the file were exchanged. If that
// is not what was read, a rival's change came out with it and is put back.
// keep reports that temp holds something that nobody else has.
func (s store) settle(temp string, old version, data []byte) (keep bool, err error) {
	out, err := readVersion(temp)
	if err == nil && out.same(old) {
		return false, nil
	}
	if back := exchange(temp, old.path); back != nil {
		return true, fmt.Errorf("%w, and what somebody wrote to it is now in %s: %w", ErrConflict, model.Inert(temp), back)
	}
	// Ours must have come out; else somebody changed that within these microseconds.
	ours, rerr := readVersion(temp)
	if rerr != nil || string(ours.data) != string(data) {
		return true, fmt.Errorf("%w: two changes met, and the second is now in %s: put them together by hand",
			ErrConflict, model.Inert(temp))
	}
	if err != nil {
		return false, err
	}
	return false, errRival
}

// renameOver replaces the file where there is no exchange: between looking and renaming
// a rival's change could be lost, so the two follow each other at once.
func renameOver(temp string, old version) error {
	now, err := readVersion(old.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !now.same(old) {
		return errRival
	}
	if err != nil {
		return err
	}
	return os.Rename(temp, old.path)
}

// writeBeside makes a new file in old's folder that is like old, but holds data, and is on the disk.
func writeBeside(ctx context.Context, old version, data []byte) (path string, err error) {
	dir := filepath.Dir(old.path)
	f, err := os.CreateTemp(dir, ".gonogo-*.tmp") // mode 0600
	if err != nil {
		return "", fmt.Errorf("its folder %s cannot be written, and a change is written beside the file first: %w",
			model.Inert(dir), reason(err))
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			_ = os.Remove(f.Name())
			path, err = "", fmt.Errorf("writing beside it: %w", err)
		}
	}()
	if _, err := f.Write(data); err != nil {
		return "", reason(err)
	}
	if err := likeOld(f, old); err != nil {
		return "", err
	}
	if err := durable(ctx, f.Sync); err != nil {
		return "", reason(err)
	}
	return f.Name(), nil
}

// likeOld gives f old's owner, mode and attributes. The mode comes after the
// owner, whose change may take bits away.
func likeOld(f *os.File, old version) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && (int(st.Uid) != old.uid || int(st.Gid) != old.gid) {
		if err := f.Chown(old.uid, old.gid); err != nil {
			return fmt.Errorf("its owner %d:%d cannot be kept: run gonogo as that user: %w", old.uid, old.gid, reason(err))
		}
	}
	if err := copyAttributes(f, old.path); err != nil {
		return err
	}
	return f.Chmod(old.mode)
}

// reason takes the path of a temporary file out of err: nobody knows it.
func reason(err error) error {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		return perr.Err
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
