package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gonogo/internal/safefile"
)

// lastName is the file in the state directory that holds the last config that ran.
const lastName = "config.last"

// longestLast is how large it may be, in bytes: a config, and the files of its populations.
const longestLast = 64 << 20

// Text is a config as it was read: what is needed to read it again when the
// file on disk does not load. Secrets are in it as they are in the file: by name.
type Text struct {
	Path  string            `json:"path"` // absolute
	Hash  string            `json:"hash"` // sha256 of Data, hex
	At    time.Time         `json:"at"`   // when it was last taken into use
	Data  []byte            `json:"data"`
	Files map[string][]byte `json:"files,omitempty"` // what it names and was read along with it
}

// LastGood returns the last config that ran in the state directory dir and was
// not waiting to be adopted.
func LastGood(dir string) (Text, error) {
	path := filepath.Join(dir, lastName)
	b, err := safefile.Read(path, safefile.Limits{Size: longestLast, NoLink: true})
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Text{}, fmt.Errorf("no config ran in %s yet", dir)
	case errors.Is(err, safefile.ErrIrregular), errors.Is(err, safefile.ErrLarge):
		return Text{}, fmt.Errorf("%w: it is not what gonogo wrote", err)
	case err != nil:
		return Text{}, err
	}
	var t Text
	if err := json.Unmarshal(b, &t); err != nil {
		return Text{}, fmt.Errorf("%s is damaged: %w", path, err)
	}
	if sum := sha256.Sum256(t.Data); hex.EncodeToString(sum[:]) != t.Hash {
		return Text{}, fmt.Errorf("%s was edited: it is not what ran", path)
	}
	return t, nil
}

// Ran reports whether an engine ran a config in the state directory dir.
func Ran(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, lastName))
	return err == nil
}

// keep writes t as the last config that ran in dir.
func (t Text) keep(dir string) error {
	if len(t.Data) == 0 {
		return nil
	}
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return Replace(filepath.Join(dir, lastName), b)
}

// Replace writes a file whole or not at all, mode 0600. It is not synced: a
// power cut may take it.
func Replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
