package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gonogo/internal/safefile"
	"gonogo/model"
)

const (
	maxSize = 1 << 20         // bytes of a secret's file
	patient = 2 * time.Second // for a secret's file, which may be on a disk that hangs
)

// IsReference reports whether text names a secret instead of being itself the value.
func IsReference(text string) bool {
	return strings.HasPrefix(text, "env:") || strings.HasPrefix(text, "file:")
}

// Resolve returns what text stands for: "env:NAME" an environment variable,
// "file:PATH" a file's content without its last line break (relative to dir),
// anything else itself. It takes 2 s at most. The error never holds the secret.
func Resolve(text, dir string) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		v := os.Getenv(name)
		if v == "" {
			return "", fmt.Errorf("environment variable %s is not set", name)
		}
		return v, nil
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		if path != "" && !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		b, err := readFile(path)
		if err != nil {
			return "", err
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	return text, nil
}

// Resolve is the function Resolve, and adds what came from env: or file: to s.
func (s *Set) Resolve(text, dir string) (string, error) {
	v, err := Resolve(text, dir)
	if err == nil && IsReference(text) {
		s.Add(v)
	}
	return v, err
}

// ResolveMap is Resolve for every value of m. The error begins with the key.
func (s *Set) ResolveMap(m map[string]string, dir string) (map[string]string, error) {
	out := make(map[string]string, len(m))
	for k, text := range m {
		v, err := s.Resolve(text, dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		out[k] = v
	}
	return out, nil
}

// readFile reads the regular file at path. It waits for no writer of a named
// pipe, and no longer than patient for a disk that hangs.
func readFile(path string) ([]byte, error) {
	b, err := safefile.Read(path, safefile.Limits{Size: maxSize, Patience: patient})
	switch {
	case errors.Is(err, safefile.ErrSlow):
		return nil, fmt.Errorf("%s could not be read within %s", path, model.FormatDuration(patient))
	case errors.Is(err, safefile.ErrIrregular):
		return nil, fmt.Errorf("%s is no regular file: a secret is read from one", path)
	case errors.Is(err, safefile.ErrLarge):
		return nil, fmt.Errorf("%s is larger than 1 MiB, which is too large for a secret", path)
	}
	return b, err
}
