package config

import (
	"slices"
	"strings"
	"time"
)

// The keys of every table, besides those that kinds add.

type rolloutKeys struct {
	ID         string            `toml:"id" required:"true" help:"a short name for the rollout, which its state is kept under"`
	Title      string            `toml:"title" help:"its name on screen" otherwise:"id"`
	Service    string            `toml:"service" help:"what is rolled out"`
	StateDir   string            `toml:"state_dir" help:"where the journal is kept" otherwise:"the XDG state directory"`
	Links      map[string]string `toml:"links" help:"addresses worth having at hand: { dashboard = \"https://…\" }"`
	CreatedBy  string            `toml:"created_by" help:"who wrote the plan, and signs it before the first phase"`
	ReviewedBy string            `toml:"reviewed_by" help:"who reviewed it, and signs it likewise"`
	ApprovedBy string            `toml:"approved_by" help:"who approves it, and signs it likewise"`
}

type environmentKeys struct {
	Name     string   `toml:"name" required:"true" help:"where the rollout happens, such as production"`
	Critical bool     `toml:"critical" default:"false" help:"whether confirmations ask for more"`
	Identity []string `toml:"identity" help:"a command that prints what machine this is"`
}

type emergencyKeys struct {
	Confirm   string        `toml:"confirm" default:"countdown" oneof:"countdown,enter" help:"how ! is confirmed"`
	Countdown time.Duration `toml:"countdown" positive:"true" help:"time for a veto" otherwise:"3s, 5s in a critical environment"`
}

type evidenceKeys struct {
	Alpha float64 `toml:"alpha" default:"0.01" help:"chance to fail what is good in a whole attempt; the counted metrics in a guard divide it"`
	Beta  float64 `toml:"beta" default:"0.05" help:"chance to pass what is poor"`
}

type historyKeys struct {
	Keep time.Duration `toml:"keep" default:"30d" help:"how long the samples of all metrics are kept, for charts, SLOs and reports; 0s: not at all"`
	Size string        `toml:"size" default:"512MiB" help:"how much of them at most: of more the oldest go"`
}

type sloKeys struct {
	Title  string        `toml:"title" help:"its name on screen" otherwise:"that of its metric, and over"`
	Metric string        `toml:"metric" required:"true" help:"the name of a [metric.NAME]: of one that counts events all bad ones of all, of any other the mean"`
	Over   time.Duration `toml:"over" required:"true" least:"10m" help:"how long it looks back, such as 14d; a tenth of it may be missing"`
	Target string        `toml:"target" required:"true" help:"what GO needs, such as \"< 1%\""`
	Alert  string        `toml:"alert" help:"what is an emergency, such as \"> 5%\""`
}

type sourceKeys struct {
	Kind string `toml:"kind" required:"true"`
}

type metricKeys struct {
	Title      string         `toml:"title" help:"its name on screen" otherwise:"the table's name"`
	Role       string         `toml:"role" help:"success, error, fallback, latency …: its panel and colour"`
	Source     string         `toml:"source" help:"the name of a [source.NAME]"`
	Expr       string         `toml:"expr" help:"what it is computed of, such as \"abs(a - b) / a\", instead of a source"`
	Own        string         `toml:"own" oneof:"rollbacks,mttr,overrides" help:"that it is of this rollout's own past, instead of a source: rollbacks fired, mean time to recovery, phases entered against the gate"`
	Read       *readKeys      `toml:"read" help:"that people read it, instead of a source: { from = …, link = …, every = \"1d\" }"`
	Unit       string         `toml:"unit" oneof:"ratio,seconds,count,bytes,per_second" help:"what its values are" otherwise:"plain numbers"`
	Target     string         `toml:"target" help:"what GO needs, such as \"< 1%\""`
	Alert      string         `toml:"alert" help:"what is an emergency, such as \"> 5%\""`
	Warn       string         `toml:"warn" help:"within the target, and worth a notice, such as \"> 0.5%\": it decides nothing"`
	For        time.Duration  `toml:"for" default:"0s" help:"how long the target must have held"`
	AlertFor   time.Duration  `toml:"alert_for" default:"0s" help:"how long the alert must have held"`
	Baseline   time.Duration  `toml:"baseline" default:"15m" positive:"true" help:"what a frozen baseline is the mean of"`
	Settle     *time.Duration `toml:"settle" help:"after a flip or restart it decides nothing for so long" otherwise:"the query's longest range"`
	Decide     string         `toml:"decide" oneof:"events,window" default:"events" help:"what decides where bad and total are counted: the events, or as elsewhere the value over its window"`
	Control    string         `toml:"control" help:"the counted metric that target and alert compare it with, such as \"<= 120% of control\""`
	Asked      string         `toml:"asked" help:"of a metric with variant, the share that is to get it: \"10%\", or a flag that holds a number from 0 to 100"`
	Recent     time.Duration  `toml:"recent" default:"15m" positive:"true" help:"the last events, which raise doubt by themselves"`
	Alpha      *float64       `toml:"alpha" help:"chance to fail what is good, for this metric alone" otherwise:"its share of [evidence] alpha"`
	Beta       *float64       `toml:"beta" help:"chance to pass what is poor, for this metric alone" otherwise:"that of [evidence]"`
	MinCount   float64        `toml:"min_count" default:"0" help:"fewer events than this prove nothing"`
	OnEmpty    string         `toml:"on_empty" oneof:"zero" help:"zero: no series means no events, while count or total shows others" otherwise:"no data"`
	Every      time.Duration  `toml:"every" default:"15s" least:"100ms" help:"how often it is read"`
	Timeout    time.Duration  `toml:"timeout" positive:"true" help:"for one answer, at most every" otherwise:"10s"`
	Link       string         `toml:"link" help:"an address that shows more of it, http or https"`
	StaleAfter time.Duration  `toml:"stale_after" positive:"true" help:"age from which a sample proves nothing" otherwise:"2m or 3 × every"`
}

// readKeys are those of a metric that people read.
type readKeys struct {
	From  string        `toml:"from" help:"what they look at, such as Crashlytics"`
	Link  string        `toml:"link" help:"its address, http or https"`
	Every time.Duration `toml:"every" required:"true" least:"1m" help:"how long a reading counts, such as 1d"`
}

type flagKeys struct {
	Title      string        `toml:"title" help:"its name on screen" otherwise:"the table's name"`
	Kind       string        `toml:"kind" required:"true"`
	Type       string        `toml:"type" required:"true" oneof:"bool,string,number,list" help:"bool, string, number or list"`
	Safe       any           `toml:"safe" required:"true" help:"what every rollback returns to, or \"keep\""`
	Needs      []string      `toml:"needs" help:"flags that it means nothing without"`
	Empty      string        `toml:"empty" oneof:"everyone,nobody" help:"what an empty list means to the service"`
	Population any           `toml:"population" help:"everything that a list may hold: \"file:PATH\", or a list of texts"`
	Apply      []string      `toml:"apply" help:"actions that make a change live"`
	Effective  any           `toml:"effective" help:"how to read its value back from the running service"`
	Every      time.Duration `toml:"every" default:"5s" least:"100ms" help:"how often it is read"`
	Scope      []string      `toml:"scope" help:"what it touches, for people"`
}

type actionKeys struct {
	Kind       string        `toml:"kind" required:"true"`
	Title      string        `toml:"title" help:"its name on screen" otherwise:"the table's name"`
	Timeout    time.Duration `toml:"timeout" positive:"true" help:"time for it" otherwise:"90s for systemd and compose, else 30s"`
	Idempotent *bool         `toml:"idempotent" help:"whether it may safely run twice" otherwise:"true for systemd and compose, else false"`
	Seen       any           `toml:"seen" help:"how it is seen to have happened" otherwise:"by itself for systemd and compose"`
}

// seenByMetric are the keys of a table { metric = NAME }.
type seenByMetric struct {
	Metric string `toml:"metric" required:"true" help:"the name of a [metric.NAME]"`
}

type phaseKeys struct {
	Title      string            `toml:"title" help:"its name on screen" otherwise:"the table's name"`
	Soak       time.Duration     `toml:"soak" help:"least time spent healthy" otherwise:"none"`
	Limit      time.Duration     `toml:"limit" help:"overdue after" otherwise:"never"`
	Watch      time.Duration     `toml:"watch" help:"the first hours, with someone at the screen"`
	Flags      any               `toml:"flags" help:"what it sets"`
	Gate       []string          `toml:"gate" help:"metrics that must pass"`
	Check      any               `toml:"check" help:"what people sign, and what gonogo finds out"`
	Freeze     []string          `toml:"freeze" help:"metrics whose baselines are frozen before it is entered"`
	Approve    []string          `toml:"approve" help:"titles of people who sign before it is entered"`
	Rollback   *string           `toml:"rollback" help:"its own rollback"`
	NotBefore  string            `toml:"not_before" help:"it may not be entered earlier, such as \"2026-12-01T21:00Z\""`
	At         string            `toml:"at" help:"when it is planned to be entered, for people"`
	Before     []string          `toml:"before" help:"actions that are run before its flags are set, on the way up only"`
	After      []string          `toml:"after" help:"actions that are run once its flags are in effect, on the way up only"`
	Again      any               `toml:"again" help:"the levels by which it is entered again after a rollback: [{ flags = …, wait = …, until = […] }]"`
	Optional   bool              `toml:"optional" default:"false" help:"whether it may be passed by"`
	Owner      string            `toml:"owner" help:"whom to ask first"`
	Objectives []string          `toml:"objectives" help:"what it is for, for people"`
	Activities []string          `toml:"activities" help:"what is done in it, for people, in order"`
	Links      map[string]string `toml:"links" help:"addresses worth having at hand in it"`
}

type checkKeys struct {
	Text    string        `toml:"text" required:"true" help:"what holds, for people"`
	ID      *string       `toml:"id" help:"its name in commands" otherwise:"made from the text"`
	Every   time.Duration `toml:"every" positive:"true" help:"how long a result counts" otherwise:"for the whole phase"`
	Run     string        `toml:"run" help:"the name of an [action.NAME] that ends well where it holds"`
	Metric  string        `toml:"metric" help:"the name of a [metric.NAME] that passes where it holds"`
	Timeout time.Duration `toml:"timeout" positive:"true" help:"for an http check" otherwise:"10s"`
	Is      any           `toml:"is" help:"what an http check must answer" otherwise:"any success"`
	Match   string        `toml:"match" help:"a regular expression (RE2) that a line of what it prints or answers must match, such as \"^OK$\""`
	Group   string        `toml:"group" help:"the heading that it stands under"`
	OneOf   string        `toml:"one_of" help:"a name: of the checks of a phase with the same one is enough"`
	Drill   string        `toml:"drill" help:"the name of a [rollback.NAME] that was rehearsed where it holds"`
	Within  time.Duration `toml:"within" positive:"true" help:"how long a rehearsal counts"`
	History time.Duration `toml:"history" positive:"true" help:"how much recorded history the gates were rehearsed on where it holds"`
	Real    bool          `toml:"real" default:"false" help:"whether only a real drill counts"`
	Link    string        `toml:"link" help:"an address that shows more, http or https"`
}

// askKeys are those of a check that asks a URL, besides those of the http reader.
type askKeys struct {
	HTTP   string `toml:"http" secret:"may" help:"a URL to ask"`
	Source string `toml:"source" help:"the name of a [source.NAME] of kind http, whose url and http table are used"`
}

type rollbackKeys struct {
	Title     string        `toml:"title" help:"its name on screen" otherwise:"the table's name"`
	Emergency bool          `toml:"emergency" help:"whether ! runs it; exactly one rollback has it"`
	Budget    time.Duration `toml:"budget" positive:"true" help:"time for all of it" otherwise:"5m, or for one in levels their waits and 5m for each"`
	Steady    time.Duration `toml:"steady" positive:"true" help:"what was seen must stand so long after the last flag or restart" otherwise:"a tenth of the budget, at most 10s"`
	Flags     any           `toml:"flags" help:"\"safe\", \"phase\", or a table of flags and values, {} for none"`
	Run       []string      `toml:"run" help:"actions to run"`
	Levels    any           `toml:"levels" help:"the levels of a rollback in several, instead of flags and run"`
	Steps     any           `toml:"steps" now:"levels" help:"what levels were called"`
	Verify    any           `toml:"verify" help:"how it is seen to have worked"`
	Notify    []string      `toml:"notify" help:"actions that tell people when it fires and when it ended"`
	Rehearse  string        `toml:"rehearse" default:"dry" oneof:"dry,real" help:"how a drill runs it"`
}

type levelKeys struct {
	Flags any           `toml:"flags" help:"a table of flags and values"`
	Run   []string      `toml:"run" help:"actions to run"`
	Wait  time.Duration `toml:"wait" positive:"true" help:"how long it waits after the level" otherwise:"not at all"`
	Hold  time.Duration `toml:"hold" now:"wait" positive:"true" help:"what wait was called"`
	Until []string      `toml:"until" help:"metrics that, on target after the wait, end the rollback"`
}

// within is how long a verify may take.
type within struct {
	Within time.Duration `toml:"within" default:"60s" positive:"true" help:"time for it, after the restarts"`
}

type verifyFlagKeys struct {
	Flag string `toml:"flag" required:"true" help:"the name of a [flag.NAME], or \"phase\""`
	Is   any    `toml:"is" help:"its value" otherwise:"what the rollback sets"`
	within
}

type verifyMetricKeys struct {
	Metric string `toml:"metric" required:"true" help:"the name of a [metric.NAME]"`
	Is     string `toml:"is" required:"true" help:"what it must be, such as \"< 1%\""`
	within
}

type verifyRunKeys struct {
	Run string `toml:"run" required:"true" help:"the name of an [action.NAME]"`
	within
}

// verifyManualKeys are those of what a person does, and signs.
type verifyManualKeys struct {
	Manual string        `toml:"manual" required:"true" help:"what a person does, such as \"Tell support\""`
	Within time.Duration `toml:"within" default:"10m" positive:"true" help:"how long they have, from the end of the restarts"`
}

// verifyHTTPKeys are those of a verify that asks a URL, besides those of the http reader.
type verifyHTTPKeys struct {
	Is any `toml:"is" help:"what it must answer" otherwise:"any success"`
	within
}

// verifyLogKeys and verifySourceKeys are those of a verify by a source, besides
// those of the source's kind.
type verifyLogKeys struct {
	Log string `toml:"log" required:"true" help:"the name of a [source.NAME]"`
	afterwards
}

type verifySourceKeys struct {
	Source string `toml:"source" required:"true" help:"the name of a [source.NAME]"`
	afterwards
}

// afterwards is when a source is asked for evidence.
type afterwards struct {
	After time.Duration `toml:"after" positive:"true" help:"not looked at sooner, after the restarts" otherwise:"at once"`
	within
}

type guardKeys struct {
	Rollback  string        `toml:"rollback" help:"the name of a [rollback.NAME]; required where mode is not notify, block or off"`
	Part      string        `toml:"part" help:"the name of a [rollback.NAME] with \"ask:remove\", which it takes instead where only some parts of a metric with by fail"`
	On        []string      `toml:"on" required:"true" help:"the metrics whose FAIL it acts on"`
	Mode      string        `toml:"mode" default:"notify" oneof:"off,notify,block,armed" help:"off, notify, block: it stops the way up, or armed: it rolls back"`
	Countdown time.Duration `toml:"countdown" default:"60s" positive:"true" help:"time for a veto"`
	Veto      time.Duration `toml:"veto" default:"30m" positive:"true" help:"how long a veto lasts"`
	Notify    []string      `toml:"notify" help:"actions that tell people of a breach and of its end"`
}

type journalKeys struct {
	Anchor string `toml:"anchor" required:"true" help:"a file, kept elsewhere, that gets the journal's sums as well"`
}

type accessKeys struct {
	People any    `toml:"people" help:"who has which titles: { ana = { unix = \"ana\", titles = [\"tech-lead\"] } }"`
	Group  string `toml:"group" help:"a unix group whose members may look, roll back, veto and hold"`
}

// withKinds returns the keys of a table that has one of the known kinds, and those that
// its own kind adds.
func withKinds(keys []Key, known []string, more []Key) []Key {
	for i := range keys {
		if keys[i].Name == "kind" {
			keys[i].Help = "one of " + strings.Join(known, ", ")
		}
	}
	return slices.Concat(keys, more)
}
