package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"gonogo/model"
)

// Problem is one finding about a config file: an error, or a warning that the
// config can be used in spite of.
type Problem struct {
	File    string
	Line    int    // from 1; 0 where it concerns no line
	Key     string // in full, such as metric.error.target; empty for the file as a whole
	Message string // what was expected, what was found, what to do
	Warning bool
	Refused bool // by check only, see Finding
}

// String returns "config.toml:12: metric.error.target: expected …".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(model.Inert(p.File))
	if p.Line > 0 {
		b.WriteString(":" + strconv.Itoa(p.Line))
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Error returns the same as String.
func (p Problem) Error() string { return p.String() }

// Problems are all errors of a config, in the order of their lines. Each is a
// Problem, found one by one through Unwrap.
type Problems []Problem

// Error returns the problems, a line each.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems as errors.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// split sorts problems by line and parts them into errors, what check refuses, and warnings.
func split(all []Problem) (errs, refused, warnings Problems) {
	slices.SortStableFunc(all, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	for _, p := range all {
		switch {
		case p.Warning:
			warnings = append(warnings, p)
		case p.Refused:
			refused = append(refused, p)
		default:
			errs = append(errs, p)
		}
	}
	return errs, refused, warnings
}

// unknown says that what is called name is none of known, and which one was
// probably meant.
func unknown(what, name string, known []string) string {
	text := "unknown " + what
	if near := nearest(name, known); near != "" {
		return text + "; did you mean `" + near + "`?"
	}
	return text + "; " + choices("known", known)
}

// choices lists known for a person; long lists are cut.
func choices(label string, known []string) string {
	const most = 24
	if len(known) == 0 {
		return "there is none in this config"
	}
	list := strings.Join(known[:min(len(known), most)], ", ")
	if len(known) > most {
		list += ", …"
	}
	return label + ": " + list
}

// nearest returns the one of known that name was most likely meant to be, or
// "" where none is near.
func nearest(name string, known []string) string {
	plain := strings.NewReplacer("-", "_", " ", "_")
	name = plain.Replace(strings.ToLower(name))
	if len(name) > 100 {
		return ""
	}
	best, far := "", max(1, len(name)/3)+1
	for _, k := range known {
		if d := distance(name, plain.Replace(strings.ToLower(k))); d < far && d < len(k) {
			best, far = k, d
		}
	}
	return best
}

// distance is the number of bytes to insert, remove, replace or swap with their
// neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// quote shows a short piece of the file to a person.
func quote(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return `"` + model.Inert(text) + `"`
}
