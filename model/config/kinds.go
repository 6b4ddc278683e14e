package config

import (
	"time"

	"gonogo/model"
)

// Type is what a key of the config holds.
type Type string

// The types of keys. A Duration is written "15s", "10m", "1d", "2w", "1h30m";
// a Secret is "env:NAME" or "file:PATH"; a SecretText is either of these or plain text
// without a secret in it (a URL, say); a SecretList is one of those or a list of them.
const (
	String     Type = "string"
	Strings    Type = "list of strings"
	Bool       Type = "bool"
	Number     Type = "number"
	Duration   Type = "duration"
	Secret     Type = "secret"
	SecretText Type = "text or secret"
	SecretList Type = "list of texts or secrets"
	StringMap  Type = "table of strings"
	SubTable   Type = "table"
	Any        Type = "any value"
)

// Key is one key that a table may have.
type Key struct {
	Name     string
	Type     Type
	Required bool
	OneOf    []string      // the values allowed; empty: any
	Keys     []Key         // of a SubTable
	Help     string        // one line for people
	Default  string        // what counts where it is not there, for people; empty: nothing
	Positive bool          // a Duration must be more than 0
	Least    time.Duration // the shortest Duration allowed; 0: any
	Now      string        // the key that has taken its place: it still counts, with a warning that names that one
}

// Finding is something that check says about a config.
type Finding struct {
	Key     string // the key within the part's table; empty: the table itself
	Item    int    // which of the key's list, from 1; 0: all of it
	Message string // what is wrong and what to do about it
	Warning bool   // rather than an error
	// Refused is for what a metric's good value would prove nothing by: check fails,
	// a rollout that runs loads all the same, and the metric never passes.
	Refused bool
}

// Part is one configured thing: a source, a flag's switch, an action, a reader.
type Part struct {
	ID    string // its table's name, or a made-up one for a nested table
	Kind  string
	Table Table
	Dir   string // absolute; relative paths are relative to it
	// Each is set for a reader of what changes (seen): of several instances, what each
	// one says counts, rather than that all say the same.
	Each bool
}

// MetricPart is a metric together with the keys that its source's kind defines.
type MetricPart struct {
	Metric model.Metric
	Table  Table
}

// SourcePart is a source and all metrics that come from it.
type SourcePart struct {
	Part
	Metrics  []MetricPart
	StateDir string // where the source may keep data, in a folder of its own; made by it if needed
}

// Facts are what a source's kind knows of one metric's query.
type Facts struct {
	Window      time.Duration // the longest range that the value looks back over; 0: none
	CountWindow time.Duration // likewise of its number of events
	// Silent reports whether it answers a number where nothing at all was
	// measured, as a count with "or vector(0)" does.
	Silent bool
	// Counts reports whether its readings tell the number of events.
	Counts bool
	// Renews is how seldom what its readings rest on is renewed where all is well: without
	// stale_after it is stale after that at the earliest. 0: with every answer.
	Renews time.Duration
}

// SourceKind is a kind of source: its keys, and how to make one.
type SourceKind struct {
	Doc        string // one line
	Keys       []Key  // of [source.NAME], besides kind
	MetricKeys []Key  // of [metric.NAME] from such a source, besides those every metric has
	// LintSource looks at one [source.NAME], Lint at one metric from it; nil where there is
	// nothing to say. Keys that are wrong are not in the part.
	LintSource func(Part) []Finding
	Lint       func(MetricPart) []Finding
	// Facts says what the metric's query comes down to; nil where nothing is known of it.
	Facts func(MetricPart) Facts
	// Describe returns what is asked for the metric, for "why".
	Describe func(MetricPart) string
	// Build makes the source. It does no I/O but reading secrets.
	Build func(SourcePart) (model.Source, error)
	// WitnessKeys are those of a verify by such a source, besides source (or log),
	// after and within; nil where it cannot bear witness.
	// A key "is" among them is a target that a number is compared with.
	WitnessKeys []Key
	// LintWitness looks at one verify; nil where there is nothing to say.
	LintWitness func(WitnessPart) []Finding
	// DescribeWitness returns what is looked for, as a title.
	DescribeWitness func(WitnessPart) string
	// BuildWitness makes what finds a verify's evidence. It does no I/O but reading secrets.
	BuildWitness func(WitnessPart) (model.Witness, error)
	// SilenceKeys are those of a [silence.NAME] of its alerts, besides source, title and
	// at_most; nil where there is nothing to silence.
	SilenceKeys []Key
	// LintSilence looks at one silence; nil where there is nothing to say.
	LintSilence func(SilencePart) []Finding
	// DescribeSilence returns which alerts it means, for people.
	DescribeSilence func(SilencePart) string
	// BuildSilencer makes what opens the silence. It does no I/O but reading secrets.
	BuildSilencer func(SilencePart) (model.Silencer, error)
}

// WitnessPart is a verify that a source bears witness to.
type WitnessPart struct {
	ID     string // a made-up name, such as "rollback.quick.verify[1]"
	Source SourcePart
	Table  Table         // of the verify: the kind's WitnessKeys
	Is     *model.Target // what its key "is" says; nil where it has none
}

// Silent reports whether it is satisfied where nothing at all happened.
func (w *WitnessPart) Silent() bool { return w.Is != nil && zeroMeets(w.Is) }

// ActionFacts are what an action's kind knows of one action that matters
// together with what uses it.
type ActionFacts struct {
	Key string // the key that says what it does
	// KeepsEnv says that it starts a service again with the environment that it had
	// before, and what to do instead; empty: not known to.
	KeepsEnv string
	// OldLines says by which line of a log, however old, it ends well; empty: not known to.
	OldLines string
	// Silent reports whether it ends well on a log in which there is nothing.
	Silent bool
}

// ActionKind is a kind of thing that can be switched, run or read; what it
// cannot be is nil.
type ActionKind struct {
	Doc string // one line
	// Keys are those of [action.NAME], besides the common ones (kind, title, timeout, idempotent, seen).
	Keys  []Key
	Build func(Part) (model.Action, error)
	// Lint looks at one [action.NAME], LintSwitch at one [flag.NAME]; nil where there
	// is nothing to say. Keys that are wrong are not in the part.
	Lint       func(Part) []Finding
	LintSwitch func(Part) []Finding
	// Facts says what one [action.NAME] comes down to; nil where nothing is known of it.
	Facts func(Part) ActionFacts
	// SeenByDefault returns the reader's part that shows that one [action.NAME] has
	// happened, for a config that does not say how it is seen; false: nothing does.
	// Nil: nothing ever does.
	SeenByDefault func(Part) (Part, bool)
	// Idempotent says that any such action may run twice, where the config does not say.
	Idempotent bool
	// Timeout is that of such an action, where the config does not say; 0: 30s.
	Timeout time.Duration
	// SwitchKeys are those of [flag.NAME], besides the common ones.
	SwitchKeys  []Key
	BuildSwitch func(Part, model.Flag) (model.Switch, error)
	// AtStart says that the service reads what such a switch stores when it starts: a
	// change is live only after a restart.
	AtStart bool
	// Store is what such a switch keeps the value in, for people; empty: "store".
	Store string
	// ReaderKeys are those of effective = {…}, seen = {…} and a verify's probe; the key
	// that has the kind's own name is required and tells the kind.
	ReaderKeys  []Key
	BuildReader func(Part) (model.Reader, error)
}

// Kinds are all kinds that a config may name.
type Kinds struct {
	Sources map[string]SourceKind
	Actions map[string]ActionKind
}
