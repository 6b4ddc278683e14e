package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"gonogo/internal/safefile"
	"gonogo/model"
)

// maxSize is how large a config file may be, in bytes.
const maxSize = 1 << 20

const tooLarge = "is larger than 1 MiB, so it is probably no config: name another file with -c FILE"

// Config is a rollout together with what is needed to build the parts that run it.
type Config struct {
	Rollout   model.Rollout
	StateDir  string                // as configured, absolute; "" for the XDG state directory
	Dir       string                // of the config file, absolute
	Sources   []SourcePart          // in the order written; StateDir is filled in by the caller
	Switches  map[model.FlagID]Part // how a flag is observed and set
	Effective map[model.FlagID]Part // how a flag's effective value is read, where it can be
	Actions   map[model.ActionID]Part
	Seen      map[model.ActionID]Part // how an action is seen to have happened, unless a metric shows it
	Probes    map[string]Part         // http verify probes by name, such as "rollback.quick.verify[1]"
	Witnesses map[string]WitnessPart  // verifies by a source, by name likewise
	Silencers map[model.SilenceID]SilencePart
	Warnings  []Problem         // in the order of the lines
	owner     owned             // of the file; zero: it was read from none
	Refused   Problems          // what check fails on; a rollout that runs loads all the same
	Text      []byte            // the file as it was read
	Files     map[string][]byte // what else was read, by its absolute path: the files of populations
}

// Load reads the config file at path. Its errors are Problems: all that are
// wrong with the file, at once.
func Load(path string, kinds Kinds) (*Config, error) {
	data, owner, err := readFile(path)
	if err != nil {
		return nil, Problems{{File: path, Message: err.Error()}}
	}
	cfg, err := Parse(path, data, kinds)
	if err == nil {
		cfg.owner = owner
	}
	return cfg, err
}

// readFile reads the regular file at path, and tells who can write it.
func readFile(path string) ([]byte, owned, error) {
	data, info, err := safefile.ReadStat(path, safefile.Limits{Size: maxSize})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, owned{}, errors.New("there is no such file: run `gonogo demo` to see gonogo at work, or copy config.toml.example and name it with -c FILE")
	case errors.Is(err, safefile.ErrIrregular) && isDir(path):
		return nil, owned{}, errors.New("is a directory: name the config file in it with -c FILE")
	case errors.Is(err, safefile.ErrIrregular):
		return nil, owned{}, errors.New("is no regular file: a config is read again later, so it must stay where it is")
	case errors.Is(err, safefile.ErrLarge):
		return nil, owned{}, errors.New(tooLarge)
	case err != nil:
		return nil, owned{}, fmt.Errorf("cannot be read: %w", reason(err))
	}
	return data, ownerOf(path, info), nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// reason returns err without the path, which the problem names already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Parse reads data as the config file at path, which need not exist; relative
// paths are relative to its directory. It reads no other file but those that populations
// name. Its errors are Problems.
func Parse(path string, data []byte, kinds Kinds) (*Config, error) {
	return parseWith(path, data, kinds, readPopulation)
}

// ParseKept is Parse with the files that were read along with data once, see
// Config.Files, in place of those on disk.
func ParseKept(path string, data []byte, files map[string][]byte, kinds Kinds) (*Config, error) {
	return parseWith(path, data, kinds, func(path string) ([]byte, error) {
		if kept, ok := files[path]; ok {
			return kept, nil
		}
		return readPopulation(path)
	})
}

// parseWith is Parse with what reads the file of a population.
func parseWith(path string, data []byte, kinds Kinds, read func(path string) ([]byte, error)) (*Config, error) {
	whole := func(message string) (*Config, error) {
		return nil, Problems{{File: path, Message: message}}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return whole(fmt.Sprintf("its directory cannot be told: %v", err))
	}
	text := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > maxSize:
		return whole(tooLarge)
	case len(bytes.TrimSpace(text)) == 0:
		return whole("is empty: copy config.toml.example over it, or run `gonogo demo` to see gonogo at work")
	case !utf8.Valid(text):
		line := 1 + bytes.Count(text[:invalidAt(text)], []byte("\n"))
		return nil, Problems{{File: path, Line: line, Message: "is not UTF-8: save it as UTF-8"}}
	}
	x := newIndex(string(text))
	if x.deep > 0 {
		return nil, Problems{{File: path, Line: x.deep, Message: fmt.Sprintf("lists, tables or the parts of a key are nested more than %d deep: write them flatter", maxDepth)}}
	}
	doc := map[string]any{}
	if _, err := decode(string(text), &doc); err != nil {
		return nil, Problems{syntaxProblem(path, err)}
	}
	plain(doc)

	files := map[string][]byte{}
	keeping := func(path string) ([]byte, error) {
		data, err := read(path)
		if err == nil {
			files[path] = data
		}
		return data, err
	}
	sum := sha256.Sum256(data)
	cfg := &Config{Dir: filepath.Dir(abs), Text: data, Files: files}
	cfg.Rollout.ConfigPath, cfg.Rollout.ConfigHash = abs, hex.EncodeToString(sum[:])
	r := &reader{report: &report{file: path, index: x}, doc: doc}
	newDraft(r, kinds, cfg, keeping).document()
	errs, refused, warnings := split(r.problems)
	if len(errs) > 0 {
		errs, _, _ = split(append(errs, refused...))
		return nil, errs
	}
	cfg.Refused, cfg.Warnings = refused, warnings
	return cfg, nil
}

// invalidAt returns the place of the first byte of text that is not UTF-8.
func invalidAt(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}
