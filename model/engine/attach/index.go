package attach

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model/engine"
)

const (
	indexName   = ".index" // no rollout has such an id
	indexMost   = 256      // entries that are kept
	indexLength = 16 << 10 // of one entry, in bytes
)

// Place is where the engine of a config keeps its state, as that engine noted
// it when it started.
type Place struct {
	Config string    `json:"config"` // the config's path, real or as it was given
	ID     string    `json:"id"`     // of the rollout
	Dir    string    `json:"dir"`    // the state directory
	PID    int       `json:"pid"`
	At     time.Time `json:"at"` // when the engine started
	Hash   string    `json:"hash"`
}

// Home returns the user's directory for gonogo's state: below $XDG_STATE_HOME, or
// below the home directory, which is known without an environment too.
func Home() (string, error) {
	if base := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "gonogo"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		u, err2 := user.Current()
		if err2 != nil || u.HomeDir == "" {
			return "", err
		}
		home = u.HomeDir
	}
	return filepath.Join(home, ".local", "state", "gonogo"), nil
}

// homes returns where the index is kept: in Home, and below the home directory that
// the system knows, which shells and services with other environments share.
func homes() []string {
	var all []string
	if home, err := Home(); err == nil {
		all = append(all, home)
	}
	if u, err := user.Current(); err == nil && filepath.IsAbs(u.HomeDir) {
		if home := filepath.Join(u.HomeDir, ".local", "state", "gonogo"); !slices.Contains(all, home) {
			all = append(all, home)
		}
	}
	return all
}

// LastPlace returns the place of the last engine that ran the config at path, which
// need not be there any more. It parses nothing but the index. With loads, which
// says that the config at path can be read, it goes by the real file alone: a link
// that leads elsewhere by now leads to another rollout.
func LastPlace(path string, loads bool) (Place, bool) {
	all := names(path)
	if loads && len(all) > 0 {
		all = all[:1]
	}
	var best Place
	for _, name := range all {
		for _, home := range homes() {
			if p, ok := readPlace(entry(home, name)); ok && p.Config == name && p.At.After(best.At) {
				best = p
			}
		}
		if best.Dir != "" {
			break
		}
	}
	return best, best.Dir != ""
}

// names returns what the config at path is called in the index: where it really is, and as it was given.
func names(path string) []string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil { // it is gone; its directory may be there
		real = abs
		if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
			real = filepath.Join(dir, filepath.Base(abs))
		}
	}
	return slices.Compact([]string{real, abs})
}

// entry returns the path of the index's file for a config.
func entry(home, config string) string {
	sum := sha256.Sum256([]byte(config))
	return filepath.Join(home, indexName, hex.EncodeToString(sum[:16])+".json")
}

func readPlace(path string) (Place, bool) {
	b, err := safefile.Read(path, safefile.Limits{Size: indexLength, NoLink: true})
	var p Place
	if err != nil || json.Unmarshal(b, &p) != nil || !filepath.IsAbs(p.Dir) {
		return Place{}, false
	}
	return p, true
}

// enter notes in the user's index where the engine of a config is, so that it
// is found when the config does not load. It is a help: what fails, fails quietly.
func enter(p Place, config string) {
	if config == "" {
		return
	}
	for _, home := range homes() {
		dir := filepath.Join(home, indexName)
		if os.MkdirAll(dir, 0o700) != nil {
			continue
		}
		for _, name := range names(config) {
			p.Config = name
			if b, err := json.Marshal(p); err == nil && len(b) <= indexLength {
				_ = engine.Replace(entry(home, name), b)
			}
		}
		prune(dir)
	}
}

// prune drops the entries whose state directory is gone, and then the oldest,
// where there are more than indexMost.
func prune(dir string) {
	files, err := os.ReadDir(dir)
	if err != nil || len(files) <= indexMost {
		return
	}
	type aged struct {
		path string
		at   time.Time
	}
	var kept []aged
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		p, ok := readPlace(path)
		if ok {
			_, err := os.Stat(p.Dir)
			ok = err == nil || !os.IsNotExist(err)
		}
		if !ok {
			_ = os.Remove(path)
			continue
		}
		kept = append(kept, aged{path, p.At})
	}
	slices.SortFunc(kept, func(a, b aged) int { return a.at.Compare(b.at) })
	for _, old := range kept[:max(0, len(kept)-indexMost)] {
		_ = os.Remove(old.path)
	}
}
