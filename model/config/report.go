package config

import (
	"fmt"

	"gonogo/model"
)

// report gathers what is wrong with a file, each problem with its line.
type report struct {
	file     string
	index    *index
	problems []Problem
}

// fail notes an error at the key path.
func (r *report) fail(path, format string, args ...any) {
	r.note(path, Finding{Message: fmt.Sprintf(format, args...)})
}

// warn notes a warning at the key path.
func (r *report) warn(path, format string, args ...any) {
	r.note(path, Finding{Message: fmt.Sprintf(format, args...), Warning: true})
}

// refuse notes what check fails on, and a rollout that runs does not.
func (r *report) refuse(path, format string, args ...any) {
	r.note(path, Finding{Message: fmt.Sprintf(format, args...), Refused: true})
}

func (r *report) note(path string, f Finding) {
	r.problems = append(r.problems, Problem{
		File: r.file, Line: r.index.line(path), Key: path, Message: model.Inert(f.Message), Warning: f.Warning, Refused: f.Refused,
	})
}

// take notes findings whose keys are whole paths.
func (r *report) take(all []Finding) {
	for _, f := range all {
		r.note(f.Key, f)
	}
}

// errors counts the errors so far.
func (r *report) errors() int {
	n := 0
	for _, p := range r.problems {
		if !p.Warning && !p.Refused {
			n++
		}
	}
	return n
}

// below returns what a kind says about the part at path, with whole paths as keys.
func below(path string, all []Finding) []Finding {
	out := make([]Finding, len(all))
	for i, f := range all {
		if f.Key != "" {
			f.Key = join(path, f.Key)
			if f.Item > 0 {
				f.Key = element(f.Key, f.Item-1)
			}
		} else {
			f.Key = path
		}
		out[i] = f
	}
	return out
}

// findings are what lint says, with whole paths as keys.
type findings []Finding

// fail adds an error at the key path.
func (f *findings) fail(path, format string, args ...any) {
	*f = append(*f, Finding{Key: path, Message: fmt.Sprintf(format, args...)})
}

// warn adds a warning at the key path.
func (f *findings) warn(path, format string, args ...any) {
	*f = append(*f, Finding{Key: path, Message: fmt.Sprintf(format, args...), Warning: true})
}
