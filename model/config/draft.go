package config

import (
	"maps"
	"slices"

	"gonogo/model"
)

// draft is a config while it is read. What reads one section of the file adds to
// it what it found, and looks up what others did: see document for their order.
type draft struct {
	*reader
	kinds       Kinds
	cfg         *Config
	asked       map[string]bool                   // sources that checks and verifies use
	lower       map[model.MetricID]lowerSide      // the lower side of targets with two
	namedChecks map[string]model.Check            // of [check.NAME]
	gateSets    map[string][]model.MetricID       // of [gates]
	file        func(path string) ([]byte, error) // reads the file of a population
}

// newDraft returns the draft of a config that has nothing in it yet.
func newDraft(r *reader, kinds Kinds, cfg *Config, file func(path string) ([]byte, error)) *draft {
	cfg.Switches, cfg.Effective = map[model.FlagID]Part{}, map[model.FlagID]Part{}
	cfg.Actions, cfg.Seen = map[model.ActionID]Part{}, map[model.ActionID]Part{}
	cfg.Probes, cfg.Witnesses, cfg.Silencers = map[string]Part{}, map[string]WitnessPart{}, map[model.SilenceID]SilencePart{}
	return &draft{reader: r, kinds: kinds, cfg: cfg, file: file, asked: map[string]bool{}, lower: map[model.MetricID]lowerSide{}}
}

// document reads the whole file, and warns of what is well formed and yet
// probably not meant. What others refer to comes first.
func (d *draft) document() {
	tables := []string{"rollout", "environment", "emergency", "evidence", "history", "source", "metric", "slo", "flag", "action", "phase", "rollback", "guard", "silence", "journal", "access", "defaults", "gates", "guide", "risk", "after", "contact", "escalation", "check", "closed", "report"}
	for _, name := range d.inOrder("", d.doc) {
		if !slices.Contains(tables, name) {
			d.fail(join("", name), "%s", unknown("table or key", name, tables))
		}
	}
	defaultsReader{d}.defaults()
	top := topReader{d}
	top.rollout()
	top.environment()
	top.emergency()
	top.evidence()
	sourceReader{d}.sources()
	top.history()
	metricReader{d}.metrics()
	sloReader{d}.slos()
	targetReader{d}.relations()
	targetReader{d}.exprs()
	actionReader{d}.actions()
	flagReader{d}.flags()
	top.people()
	gateReader{d}.gates()
	checkReader{d}.named()
	phaseReader{d}.phases()
	textReader{d}.signOffIDs()
	textReader{d}.after()
	textReader{d}.guides()
	textReader{d}.risks()
	closedReader{d}.closed()
	reportReader{d}.reports()
	escalationReader{d}.contacts()
	escalationReader{d}.escalations()
	rollbackReader{d}.rollbacks()
	top.guards()
	silenceReader{d}.silences()
	top.journal()
	top.access()
	d.take(lint(d.finished()))
}

// finished returns the config as it is so far, for what asks it.
func (d *draft) finished() *finished {
	return &finished{Config: d.cfg, kinds: d.kinds, doc: d.doc, asked: d.asked}
}

// able returns the names of the kinds of actions that can do something, in
// alphabetical order.
func (d *draft) able(can func(ActionKind) bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(d.kinds.Actions)) {
		if can(d.kinds.Actions[name]) {
			out = append(out, name)
		}
	}
	return out
}

// sourceOf returns the source named name, or nil.
func (d *draft) sourceOf(name string) *SourcePart {
	i := slices.IndexFunc(d.cfg.Sources, func(s SourcePart) bool { return s.ID == name })
	if i < 0 {
		return nil
	}
	return &d.cfg.Sources[i]
}
