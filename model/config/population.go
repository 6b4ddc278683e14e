package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"gonogo/internal/safefile"
	"gonogo/model"
)

// What a population may be at most: a file's bytes, and items.
const (
	maxPopulationSize  = 8 << 20
	maxPopulationItems = 100_000
)

// population reads everything that the list f may hold: a list of texts, or a
// file with an item on each line. Such a file is read here and now, as part of the
// rollout's definition, while ConfigHash stays that of the config file alone:
// a change of the file counts from the next start, and does not ask anybody.
func (r flagReader) population(at string, raw any, f *model.Flag) {
	if raw == nil {
		return
	}
	if f.Type != model.List {
		if f.Type != "" {
			r.fail(at, "only a list has one: remove it, or set type = \"list\"")
		}
		return
	}
	before := r.errors()
	var items []string
	switch v := raw.(type) {
	case string:
		file, ok := strings.CutPrefix(v, "file:")
		if !ok || strings.TrimSpace(file) == "" {
			r.fail(at, "expected \"file:PATH\" with an item on each line, or a list of texts, found %s", found(raw))
			return
		}
		items = r.populationFile(at, file)
	case []any:
		if len(v) > maxPopulationItems {
			r.fail(at, "holds %d items: expected at most %d", len(v), maxPopulationItems)
			return
		}
		items = r.items(at, f, raw)
	default:
		r.fail(at, "expected \"file:PATH\" with an item on each line, or a list of texts, found %s", found(raw))
		return
	}
	if r.errors() > before {
		return
	}
	if len(items) == 0 {
		r.fail(at, "is empty: expected everything that the list may hold")
		return
	}
	f.Population = items
}

// populationFile returns the items of a file, named as it is written in the config.
func (r flagReader) populationFile(at, file string) []string {
	data, err := r.file(AbsPath(file, r.cfg.Dir))
	if err != nil {
		r.fail(at, "%s: %s", file, err)
		return nil
	}
	const most = 3 // findings that are told one by one
	wrong := 0
	fail := func(line int, format string, args ...any) {
		if wrong++; wrong <= most {
			r.fail(at, "%s:%d: %s", file, line, fmt.Sprintf(format, args...))
		}
	}
	var items []string
	first := map[string]int{}
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		n++
		item := strings.TrimSpace(string(line))
		if item == "" || item[0] == '#' {
			continue
		}
		if why := badItem(item); why != "" {
			fail(n, "%s", why)
			continue
		}
		if was, ok := first[item]; ok {
			fail(n, "%s is listed twice, first on line %d", quote(item), was)
			continue
		}
		first[item] = n
		if items = append(items, item); len(items) > maxPopulationItems {
			fail(n, "more than %d items", maxPopulationItems)
			break
		}
	}
	if wrong > most {
		r.fail(at, "%s: %d more lines like these", file, wrong-most)
	}
	return items
}

// badItem says what is wrong with a line as an item of a list; "" for nothing.
func badItem(item string) string {
	switch {
	case !utf8.ValidString(item):
		return "is not UTF-8: save the file as UTF-8"
	case strings.Contains(item, ","):
		return "a list is kept comma separated: expected one item a line, without commas, found " + quote(item)
	case strings.Contains(item, " #") || strings.Contains(item, "\t#"):
		return "expected a comment on a line of its own, found " + quote(item)
	case model.Inert(item) != item:
		return "holds characters that cannot be seen: " + quote(item)
	}
	return ""
}

// readPopulation reads the regular file at path.
func readPopulation(path string) ([]byte, error) {
	data, err := safefile.Read(path, safefile.Limits{Size: maxPopulationSize})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is no such file (a relative path counts from the config's folder)")
	case errors.Is(err, safefile.ErrIrregular):
		return nil, safefile.ErrIrregular
	case errors.Is(err, safefile.ErrLarge):
		return nil, errors.New("is larger than 8 MiB")
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", reason(err))
	}
	return data, nil
}
