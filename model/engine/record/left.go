package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"gonogo/internal/safefile"
	"gonogo/model"
)

// leftName is the file that tells the engines to come what a plan did while its
// facts could not be journaled. It is no journal: it is removed once one has them.
const leftName = "journal.unaudited"

const (
	leftFacts = 512       // facts that it has, at most
	leftBytes = 512 << 10 // and their size as JSON
)

func leftPath(dir string) string { return filepath.Join(dir, leftName) }

// readLeft returns what is left to be journaled of facts that no journal has,
// nil for nothing. It is read from both places where it may have been left.
func readLeft(dir string) *model.Unaudited {
	if dir == "" {
		return nil
	}
	here, there := readLeftAt(leftPath(dir)), readLeftAt(trusted(elsewhere(dir)))
	if here == nil || there != nil && there.Count >= here.Count {
		here = there
	}
	return here
}

func readLeftAt(path string) *model.Unaudited {
	if path == "" {
		return nil
	}
	b, err := safefile.Read(path, safefile.Limits{Size: 4 * leftBytes, NoLink: true})
	if errors.Is(err, os.ErrNotExist) || err != nil && !exists(path) {
		return nil
	}
	u := &model.Unaudited{}
	if err != nil || json.Unmarshal(b, u) != nil || u.Count <= 0 {
		return &model.Unaudited{Count: 1, Reason: leftName + " cannot be read"} // it is there: something happened
	}
	u.Reason = model.Inert(u.Reason)
	return u
}

// leave writes u elsewhere first, where no disk is in the way, and removes that
// once the state directory has it.
func leave(dir string, u model.Unaudited) error {
	b, err := packed(u)
	if err != nil {
		return err
	}
	other := elsewhere(dir)
	_ = os.Mkdir(filepath.Dir(other), 0o700)
	there := errors.New("there is no other place")
	if other = trusted(other); other != "" {
		there = replaceFile(other, b)
	}
	here := replaceFile(leftPath(dir), b)
	if here == nil && there == nil {
		_ = os.Remove(other)
	}
	if here == nil || there == nil {
		return nil
	}
	return here
}

// remove takes away what was left for dir, at both places.
func remove(dir string) error {
	err := os.Remove(leftPath(dir))
	if path := trusted(elsewhere(dir)); path != "" {
		_ = os.Remove(path)
	}
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return err
}

// packed returns u as JSON of a bounded size: what matters least is left out
// first. It never leaves out how a plan ended.
func packed(u model.Unaudited) ([]byte, error) {
	for _, keep := range []func(model.Event) bool{
		func(model.Event) bool { return true },
		func(e model.Event) bool { _, seen := e.(model.FlagObserved); return !seen },
		plansOnly,
	} {
		facts := slices.DeleteFunc(slices.Clone(u.Facts), func(r model.Record) bool { return !keep(r.Event) })
		b, err := json.Marshal(model.Unaudited{Count: u.Count, Reason: u.Reason, Facts: facts})
		if err != nil || len(facts) <= leftFacts && len(b) <= leftBytes {
			return b, err
		}
	}
	ends := slices.DeleteFunc(slices.Clone(u.Facts), func(r model.Record) bool { _, ended := r.Event.(model.PlanEnded); return !ended })
	return json.Marshal(model.Unaudited{Count: u.Count, Reason: u.Reason, Facts: ends[max(0, len(ends)-leftFacts):]})
}

// plansOnly is true for what tells of plans as a whole.
func plansOnly(e model.Event) bool {
	switch e.(type) {
	case model.PlanArmed, model.PlanVetoed, model.PlanFired, model.PlanEnded, model.PhaseLeft, model.PhaseEntered, model.Recovered:
		return true
	}
	return false
}

// elsewhere returns the place outside dir for what is left, mostly in memory.
func elsewhere(dir string) string {
	base := filepath.Join(os.TempDir(), fmt.Sprintf("gonogo-%d", os.Geteuid()))
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) {
		base = filepath.Join(run, "gonogo")
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(base, hex.EncodeToString(sum[:8])+".unaudited")
}

// trusted returns path if its directory is this user's only, else "".
func trusted(path string) string {
	info, err := os.Lstat(filepath.Dir(path))
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return ""
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != os.Geteuid() {
		return ""
	}
	return path
}

// replaceFile puts b in the place of path. It is not synced: a disk that fails
// at that is the reason for the file, and the next engine reads it all the same.
func replaceFile(path string, b []byte) error {
	fresh := path + ".new"
	_ = os.Remove(fresh)
	f, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		_ = os.Remove(fresh)
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
