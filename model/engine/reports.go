package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"gonogo/model"
	"gonogo/model/engine/watch"
)

// ReportFunc makes a report as Markdown, of what is in the state directory dir, and keeps it at
// path, safely, for nobody else to read.
type ReportFunc func(dir string, r *model.Rollout, kind model.ReportKind, phase model.PhaseID, path string) (string, error)

// reports writes the reports that are due into the state directory and tells people of them, one
// at a time. What was made is in the journal, so a restart makes none twice.
type reports struct {
	rollout *model.Rollout
	dir     string
	by      model.Actor
	idle    bool // the engine of a command: it makes none
	now     func() time.Time
	records watch.Records
	notices *notices
	make    ReportFunc // nil: none are made
	spawn   func(name string, f func())
	busy    atomic.Bool
}

// look makes the first report that is due.
func (x *reports) look() {
	if x.idle || x.make == nil || len(x.rollout.Reports) == 0 || x.busy.Load() {
		return
	}
	state := x.records.State()
	for i := range x.rollout.Reports {
		spec := &x.rollout.Reports[i]
		if at, phase, due := state.ReportDue(x.rollout, spec, x.now()); due && x.busy.CompareAndSwap(false, true) {
			x.spawn("report "+string(spec.Kind), func() {
				defer x.busy.Store(false)
				x.write(spec, at, phase)
			})
			return
		}
	}
}

// write makes one report, keeps it, and tells of it.
func (x *reports) write(spec *model.ReportSpec, at time.Time, phase model.PhaseID) {
	made := model.ReportMade{Kind: spec.Kind, Of: at, Phase: phase}
	made.Path = filepath.Join(x.dir, "reports", fmt.Sprintf("%s-%s.md", spec.Kind, at.UTC().Format("20060102T150405Z")))
	text, err := "", os.MkdirAll(filepath.Dir(made.Path), 0o700)
	if err == nil {
		text, err = x.make(x.dir, x.rollout, spec.Kind, phase, made.Path)
	}
	title := fmt.Sprintf("%s: %s report (%s)", x.rollout.Title, spec.Kind, x.rollout.Environment.Name)
	if err != nil {
		made.Path, made.Err = "", model.Inert(err.Error())
		title, text = title+" could not be made", made.Err
	} else {
		text = "on " + x.by.Host + ": " + made.Path + "\n\n" + head(text)
	}
	x.records.RecordAnyway(x.by, "", made)
	x.notices.tell(spec.Notify, "", model.Inert(title), text)
}

// head is as much of a report as a message takes: whole lines.
func head(text string) string {
	const most = 3000
	if len(text) <= most {
		return text
	}
	cut := strings.LastIndex(text[:most], "\n")
	return text[:max(cut, 0)] + "\n…"
}
