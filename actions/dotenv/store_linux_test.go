package dotenv

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gonogo/model"
)

// setAttribute gives the file at path an attribute and returns its value; "" if the file
// system has none.
func setAttribute(path string) string {
	const value = "kept"
	if unix.Setxattr(path, "user.gonogo", []byte(value), 0) != nil {
		return ""
	}
	return value
}

func getAttribute(path string) string {
	buf := make([]byte, 100)
	n, err := unix.Getxattr(path, "user.gonogo", buf)
	if err != nil {
		return err.Error()
	}
	return string(buf[:n])
}

// asNobody runs f with nobody's rights to files, which only root can take on.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become somebody else")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const nobody = 65534
	if _, err := unix.SetfsuidRetUid(nobody); err != nil {
		t.Skip("needs setfsuid: ", err)
	}
	defer func() {
		if _, err := unix.SetfsuidRetUid(0); err != nil {
			t.Error(err)
		}
	}()
	f()
}

func TestRightsOfOthers(t *testing.T) {
	tests := []struct {
		name              string
		dirMode, fileMode os.FileMode
		want              string
	}{
		{"owner cannot be kept", 0o777, 0o666, "its owner 0:0 cannot be kept: run gonogo as that user"},
		{"folder cannot be written", 0o755, 0o666, "cannot be written, and a change is written beside the file first: permission denied"},
		{"file cannot be written", 0o777, 0o644, "it cannot be written: permission denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := newFixture(t, before)
			for dir := x.dir; dir != os.TempDir(); dir = filepath.Dir(dir) {
				if err := os.Chmod(dir, tt.dirMode); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(x.path(".env"), tt.fileMode); err != nil {
				t.Fatal(err)
			}
			asNobody(t, func() { x.refused(".env", tt.want, fs.ErrPermission) })
			if x.read(".env") != before {
				t.Errorf("got %q", x.read(".env"))
			}
			x.clean()
		})
	}
}

// mounted mounts a small file system on a folder of its own.
func mounted(t *testing.T, options string) *fixture {
	t.Helper()
	x := &fixture{t: t, dir: t.TempDir(), kind: Kind()}
	if err := unix.Mount("tmpfs", x.dir, "tmpfs", 0, options); err != nil {
		t.Skip("needs the right to mount: ", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(x.dir, 0); err != nil {
			t.Error(err)
		}
	})
	x.write(".env", before)
	return x
}

func TestDiskFull(t *testing.T) {
	x := mounted(t, "size=64k")
	f, err := os.Create(x.path("filler"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	_ = f.Close()
	if !strings.Contains(err.Error(), "no space left") {
		t.Fatal(err)
	}
	x.refused(".env", "writing beside it: no space left on device", unix.ENOSPC)
	if x.read(".env") != before {
		t.Errorf("got %q", x.read(".env"))
	}
	x.clean("filler")
}

func TestReadOnlyFileSystem(t *testing.T) {
	x := mounted(t, "size=64k")
	if err := unix.Mount("", x.dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skip("needs the right to mount: ", err)
	}
	x.refused(".env", "it cannot be written: read-only file system", unix.EROFS)
	v, err := x.flag(".env", "K", model.Bool).Observe(t.Context())
	if err != nil || !v.Equal(model.BoolValue(false)) {
		t.Errorf("observed %s, %v", v, err)
	}
}
