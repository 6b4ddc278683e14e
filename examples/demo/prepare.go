package demo

import (
	"bytes"
	_ "embed" // the files that a demo starts with
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"

	"github.com/google/renameio/v2"
)

// The files of a demo, beside the engine's state directory.
const (
	configName  = "config.toml"
	envName     = ".env"
	tenantsName = "tenants.txt"
	logName     = "service.log"
	pidName     = "worker.pid"
	socketName  = "restart.sock"
	faultName   = "fault"  // while it is there the service misbehaves; for tests
	sickName    = "sick"   // one tenant was seen to be in trouble,
	mendedName  = "mended" // and is not any more
)

const (
	tempPrefix = "gonogo-demo-"
	marker     = "# gonogo demo" // how a demo's config begins
)

var (
	//go:embed config.toml.tmpl
	configText string
	//go:embed env.tmpl
	envText string
	//go:embed tenants.txt
	tenantsText string
)

// fields are what the config's template asks for.
type fields struct {
	Dir, Exe, Addr string
	Prometheus     string // URL of a Prometheus server; empty: gonogo scrapes by itself
}

// Prepare makes dir, with mode 0700, ready for a service at addr (HOST:PORT):
// the .env that it reads, its tenants, and the config of its rollout, which restarts
// it by running exe. A .env that is there already is kept. The error is
// of the file that could not be written, or says that dir holds something else.
func Prepare(dir, exe, addr string) error {
	return prepare(fields{Dir: dir, Exe: exe, Addr: addr})
}

// PreparePrometheus is Prepare for a rollout that asks the Prometheus server at
// promURL, which must scrape http://addr/metrics, rather than the service itself.
func PreparePrometheus(dir, exe, addr, promURL string) error {
	return prepare(fields{Dir: dir, Exe: exe, Addr: addr, Prometheus: promURL})
}

func prepare(f fields) error {
	dir, err := filepath.Abs(f.Dir)
	if err != nil {
		return fmt.Errorf("demo directory: %w", err)
	}
	f.Dir = dir
	if err := claim(dir); err != nil {
		return err
	}
	config, err := f.config()
	if err != nil {
		return fmt.Errorf("demo config: %w", err)
	}
	// The config comes first: it is what marks the directory as a demo's.
	if err := write(dir, configName, config); err != nil {
		return err
	}
	if err := write(dir, tenantsName, []byte(tenantsText)); err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, envName)); err == nil {
		return nil
	}
	return write(dir, envName, []byte(envText))
}

// write writes a file of dir, mode 0600, as a whole or not at all.
func write(dir, name string, data []byte) error {
	if err := renameio.WriteFile(filepath.Join(dir, name), data, 0o600, renameio.WithTempDir(dir)); err != nil {
		return fmt.Errorf("demo directory: write %s: %w", name, err)
	}
	return nil
}

func (f fields) config() ([]byte, error) {
	t, err := template.New(configName).Funcs(template.FuncMap{"quote": quote}).Parse(configText)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, f)
	return b.Bytes(), err
}

// quote returns s as a TOML string: JSON's escapes are TOML's too.
func quote(s string) (string, error) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0x7f) {
		return "", fmt.Errorf("%q cannot be written in a config: choose another name", s)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return strings.TrimSpace(b.String()), err
}

// claim makes dir, and refuses one that holds anything but a demo.
func claim(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("demo directory: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("demo directory: %w", err)
	}
	config, err := os.ReadFile(filepath.Join(dir, configName))
	switch {
	case err == nil && strings.HasPrefix(string(config), marker):
	case err == nil, len(entries) > 1, len(entries) == 1 && entries[0].Name() != logName:
		return fmt.Errorf("demo directory %s holds something else: name a new or an empty one", dir)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("demo directory: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("demo directory: %w", err)
	}
	return nil
}

// removeTemp removes a directory that Start made. Whoever is just ending there
// may still write a file, so it tries for a second.
func removeTemp(dir string) error {
	if !strings.HasPrefix(filepath.Base(dir), tempPrefix) {
		return fmt.Errorf("demo directory %s is not a temporary one: it stays", dir)
	}
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for range 20 {
		if os.RemoveAll(dir) == nil {
			return nil
		}
		<-again.C
	}
	return os.RemoveAll(dir)
}

// openLog opens the service's log at its end.
func openLog(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, logName), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}
