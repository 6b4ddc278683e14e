package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"gonogo/model"
)

// ErrStranger is the error of a config that was found rather than named, and
// that another user can write: its commands would run as who started gonogo.
var ErrStranger = errors.New("it belongs to another user")

// owned is who can write a config file: as its open file said, so that nobody
// can put another one in its place between the look and the reading.
type owned struct {
	file      string
	uid       int // of its owner; -1: not known
	anyone    bool
	dirAnyone bool // anyone can replace it
}

// ownerOf tells who can write the file at path, which was info when it was read.
func ownerOf(path string, info fs.FileInfo) owned {
	o := owned{file: path, uid: -1, anyone: info.Mode()&0o002 != 0}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		o.uid = int(st.Uid)
	}
	if info, err := os.Stat(filepath.Dir(path)); err == nil {
		o.dirAnyone = info.Mode()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0
	}
	return o
}

// Trust says what is doubtful about who can write the config, for who runs as
// the user uid. A config that was not named, but found in its usual place, must be
// theirs or root's: otherwise it fails with ErrStranger.
func (c *Config) Trust(named bool, uid int) (warnings []string, err error) {
	o := c.owner
	if o.file == "" {
		return nil, nil
	}
	name := model.Inert(o.file)
	if o.uid >= 0 && o.uid != uid && o.uid != 0 {
		text := fmt.Sprintf("%s belongs to %s, and what it says runs as %s", name, userName(o.uid), userName(uid))
		if !named {
			return nil, fmt.Errorf("%s: %w: nothing was run; name it if you trust it, with -c %s", text, ErrStranger, name)
		}
		warnings = append(warnings, text)
	}
	if o.anyone {
		warnings = append(warnings, fmt.Sprintf("anyone can write %s, and so choose what runs as you: chmod o-w %s", name, name))
	}
	if o.dirAnyone {
		dir := model.Inert(filepath.Dir(o.file))
		warnings = append(warnings, fmt.Sprintf("anyone can replace %s, as its directory is open to all: chmod o-w %s", name, dir))
	}
	return warnings, nil
}

// userName returns the name of the user uid, or its number.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return model.Inert(u.Username)
	}
	return "uid " + strconv.Itoa(uid)
}
