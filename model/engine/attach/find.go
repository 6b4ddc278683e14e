package attach

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/model/engine"
)

// Finder finds the engine of a config, or what is needed to be it.
type Finder struct {
	Kinds   config.Kinds
	Build   func(cfg *config.Config, dir string) model.Parts // makes everything that cfg names
	Preview func(config.Part) string                         // what an action would do, "": not known
	Actor   model.Actor                                      // who asks
	Version string
	Report  engine.ReportFunc // makes the reports that are sent by themselves
	Warn    func(string)      // tells a person at once
}

// NoConfig is the error for a config that cannot be used, where no other that ran before can stand in.
type NoConfig struct{ Err error }

func (e *NoConfig) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong with it.
func (e *NoConfig) Unwrap() error { return e.Err }

// Load reads the config that is asked for by path, see config.Where, and warns
// of who else can write it. The error is a *NoConfig.
func (f *Finder) Load(path string) (*config.Config, error) {
	path, named := config.Where(path)
	cfg, err := config.Load(path, f.Kinds)
	if err != nil {
		return nil, &NoConfig{err}
	}
	doubts, err := cfg.Trust(named, os.Geteuid())
	if err != nil {
		return nil, &NoConfig{err}
	}
	for _, doubt := range doubts {
		f.Warn(doubt)
	}
	return cfg, nil
}

// Found is where a config leads to.
type Found struct {
	Options        // for a seat; of use where Seats
	Dir     string // the state directory; "": it cannot be had, see Options.NoDir
	Seats   bool   // a seat can be had
}

// Find returns where the config that is asked for by path leads to. A living engine is
// found before any file is parsed; then the error says what is wrong with the file and
// is only a warning, as it is for a way down (down), which goes by the last config that
// ran. Where no seat can be had the error stands.
func (f *Finder) Find(path string, down bool) (Found, error) {
	cfg, err := f.Load(path)
	path, _ = config.Where(path)
	place, known := LastPlace(path, err == nil)
	switch {
	case known && Alive(place.Dir):
		return f.living(path, place, cfg, err, down)
	case err == nil:
		return f.own(cfg, down)
	case known && down:
		if _, none := engine.LastGood(place.Dir); none != nil {
			return Found{}, &NoConfig{errors.Join(err, none)}
		}
		return f.bare(path, place, down), err
	}
	return Found{}, err
}

// living returns the way to the engine that runs in place. cfg is the file on
// disk, unless err says why it is not.
func (f *Finder) living(path string, place Place, cfg *config.Config, err error, down bool) (Found, error) {
	if err != nil {
		return f.bare(path, place, down), err
	}
	if keepsIn(cfg, place.Dir) {
		found := f.place(cfg, place.Dir)
		found.Down = down // that engine may end before it takes anything
		return found, nil
	}
	return f.bare(path, place, down), fmt.Errorf("%s is now of the rollout %q or keeps its state elsewhere, and the engine of %q still runs in %s: end it to begin the other",
		path, cfg.Rollout.ID, place.ID, place.Dir)
}

// own returns the way to the engine of cfg, in the state directory that it names.
func (f *Finder) own(cfg *config.Config, down bool) (Found, error) {
	dir, trouble, err := StateDirDown(cfg.StateDir, cfg.Rollout.ID)
	found := f.place(cfg, dir)
	if err == nil && !down {
		err = trouble
	}
	found.Down, found.NoDir = down, err // it can attach to another user's engine still
	if err == nil && trouble != nil {
		f.Warn(fmt.Sprintf("%v; the rollback goes on", trouble))
		found.DirTrouble = trouble.Error()
	}
	return found, nil
}

// place returns the way to cfg's engine in dir.
func (f *Finder) place(cfg *config.Config, dir string) Found {
	return Found{Options: Options{Options: f.Options(cfg, dir), OwnedDir: cfg.StateDir != ""}, Dir: dir, Seats: true}
}

// bare returns the way to the engine in place without a config of one's own.
func (f *Finder) bare(path string, place Place, down bool) Found {
	return Found{Options: Options{Options: engine.Options{Dir: place.Dir, Down: down, Reload: f.reload(path, place.Dir)}}, Dir: place.Dir, Seats: true}
}

// Options returns what an engine of cfg in dir is made of.
func (f *Finder) Options(cfg *config.Config, dir string) engine.Options {
	for i := range cfg.Rollout.Actions {
		spec := &cfg.Rollout.Actions[i]
		spec.Preview = f.Preview(cfg.Actions[spec.ID])
	}
	by := f.Actor
	by.Name, by.Via = "gonogo", model.ViaEngine
	r := &cfg.Rollout
	return engine.Options{
		Rollout: r, Dir: dir, Actor: by, Now: time.Now, Version: f.Version,
		Build:      func() (model.Parts, error) { return f.Build(cfg, dir), nil },
		ConfigHash: func() (string, error) { return fileHash(r.ConfigPath) },
		Text:       engine.Text{Path: r.ConfigPath, Hash: r.ConfigHash, At: time.Now().UTC(), Data: cfg.Text, Files: cfg.Files},
		Reload:     f.reload(r.ConfigPath, dir),
		SystemLog:  engine.SystemLog,
		Report:     f.Report,
	}
}

// reload returns what loads the config at path anew, for the engine in dir.
func (f *Finder) reload(path, dir string) func(bool) (engine.Options, error) {
	return func(orLast bool) (engine.Options, error) {
		cfg, err := config.Load(path, f.Kinds)
		switch {
		case err == nil && keepsIn(cfg, dir):
			return f.Options(cfg, dir), nil
		case err == nil && !orLast: // whoever asked says what must not change
			where, err := StateDir(cfg.StateDir, cfg.Rollout.ID)
			return f.Options(cfg, where), err
		case err == nil:
			err = fmt.Errorf("%s is now of the rollout %q or keeps its state elsewhere", path, cfg.Rollout.ID)
		case !orLast:
			return engine.Options{}, err
		}
		return f.last(dir, err)
	}
}

// last returns what an engine in dir is made of by the last config that ran
// there, since the file on disk cannot be used for the reason err.
func (f *Finder) last(dir string, err error) (engine.Options, error) {
	last, none := engine.LastGood(dir)
	if none != nil {
		return engine.Options{}, &NoConfig{errors.Join(err, none)}
	}
	cfg, none := config.ParseKept(last.Path, last.Data, last.Files, f.Kinds)
	if none != nil {
		return engine.Options{}, &NoConfig{errors.Join(err, none)}
	}
	o := f.Options(cfg, dir)
	o.Text.At = last.At
	o.Trouble = fmt.Sprintf("%v; this engine runs the last config that ran instead, of %s, %.12s", err, last.At.UTC().Format("2006-01-02 15:04:05Z"), last.Hash)
	return o, nil
}

// keepsIn reports whether the config's state is in dir: where it names no directory, in
// whatever environment that was chosen.
func keepsIn(cfg *config.Config, dir string) bool {
	if cfg.StateDir == "" {
		return filepath.Base(dir) == cfg.Rollout.ID && filepath.Base(filepath.Dir(dir)) == "gonogo"
	}
	where, _, err := StateDirDown(cfg.StateDir, cfg.Rollout.ID)
	return err == nil && where == dir
}

// fileHash returns the sha256 sum of the file at path, which is 2 MiB at most, in hex.
func fileHash(path string) (string, error) {
	data, err := safefile.Read(path, safefile.Limits{Size: 2 << 20})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
