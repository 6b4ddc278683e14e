package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"gonogo/actions"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/model/engine"
	"gonogo/model/engine/feed"
	"gonogo/model/engine/record"
	"gonogo/ui/report"
)

// stage is the world around a plan that is played: a real .env under real switches, a service that reads
// it when it is restarted, and sources that find all well.
type stage struct {
	mu       sync.Mutex
	cfg      *config.Config
	switches map[model.FlagID]model.Switch
	live     map[model.FlagID]model.Value
	starts   int
	ran      map[model.ActionID]int
}

// scene is one action, source or reader of the stage.
type scene struct {
	s      *stage
	action model.ActionID
	source string
	read   func() (string, error)
}

func (scene) Preview(model.Args) model.Preview { return model.Preview{Title: "played"} }

func (a scene) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.ran[a.action]++
	switch a.action {
	case "restart":
		for id, sw := range a.s.switches {
			v, err := sw.Observe(ctx)
			if err != nil {
				return err
			}
			a.s.live[id] = v
		}
		a.s.starts++
	case "show_flag":
		on := a.s.live["real"].Equal(model.BoolValue(true))
		_, _ = fmt.Fprintln(log, map[bool]string{true: "True", false: "False"}[on])
	}
	return nil
}

func (a scene) Read(context.Context) (string, error) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return a.read()
}

func (scene) Mark(context.Context) (string, error) { return "0", nil }
func (scene) Look(context.Context, string) (bool, string, error) {
	return true, "as it should be", nil
}

// Run finds every metric of the source well within its target.
func (a scene) Run(ctx context.Context, out model.Emitter) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for n := 1.0; ; n++ {
		now := time.Now()
		for _, m := range a.s.cfg.Rollout.Metrics {
			if m.Source != a.source {
				continue
			}
			r := model.Reading{At: now, SampleAt: now, Value: a.s.well(&m), Count: 1e6, HasCount: true}
			if m.Counted {
				r.Value, r.Counted, r.Total = 0, true, 1000*n
				r.Breakdown = &model.Breakdown{Running: 1, Parts: []model.PartCount{{Part: "tenant_a", Total: 1000 * n}}}
			}
			out.Reading(m.ID, r)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// well is a value that meets the metric's target. What is held against a baseline falls by a third once
// the service runs anew, as the VQL plan hopes for.
func (s *stage) well(m *model.Metric) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch t := m.Target; {
	case m.OnBaseline() && s.starts > 0:
		return 67
	case t == nil || t.Of != "":
		return 100
	case t.Op == "<" || t.Op == "<=":
		return t.Value / 2
	case t.Op == ">" && m.Unit == model.Ratio:
		return (t.Value + 1) / 2
	case t.Op == ">" || t.Op == ">=":
		return t.Value + math.Abs(t.Value) + 1
	default:
		return t.Value
	}
}

// shortened is a plan with its times made short and its files in dir. What looks back weeks is left to
// the tests of kept history.
func shortened(t *testing.T, path, dir string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	env := filepath.Join(dir, "env")
	var vars strings.Builder
	for _, key := range []string{"USE_REAL_VECTOR_RETRIEVAL", "CONNECTRA_ENABLED", "VQL_SINGLE_RECORD_RETRIEVAL", "VQL_COMPANY_CONTACTS", "VQL_EXPORTS", "VQL_LINKEDIN_SEARCH"} {
		fmt.Fprintf(&vars, "%s=false\n", key)
	}
	vars.WriteString("USE_REAL_VECTOR_RETRIEVAL_TENANTS=\nUSE_CHROMA=true\nCHROMA_PATH=./chroma_db\n")
	if err := os.WriteFile(env, []byte(vars.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	tenants, err := os.ReadFile("examples/tenants.txt")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "tenants.txt"), tenants, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for from, to := range map[string]string{
		`(?m)^(soak\s*= )"[^"]*"`:                   `${1}"200ms"`,
		`(?m)^(limit\s*= )"[^"]*"`:                  `${1}"1h"`,
		`(?m)^(settle\s*= )"[^"]*"`:                 `${1}"0s"`,
		`(?m)^(for\s*= )"[^"]*"`:                    `${1}"100ms"`,
		`wait = "10m"`:                              `wait = "300ms"`,
		`, "slo\.\w+"`:                              ``,
		`(?m)^steady\s*=.*$`:                        ``,
		`"/etc/vecsec/.env"|"/srv/contact360/.env"`: `"` + env + `"`,
		`identity = .*`:                             ``,
	} {
		s = regexp.MustCompile(from).ReplaceAllString(s, to)
	}
	s = regexp.MustCompile(`(?m)^(target    = "<= (80|120)% of baseline")`).ReplaceAllString(s, "${1}\nbaseline  = \"1s\"")
	out := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(out, []byte(s), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// player drives a plan's engine.
type player struct {
	t    *testing.T
	feed *feed.Feed
	box  <-chan *model.Snapshot
	last *model.Snapshot
	n    int
}

func (p *player) until(what string, ok func(*model.Snapshot) bool) *model.Snapshot {
	p.t.Helper()
	for deadline := time.After(60 * time.Second); p.last == nil || !ok(p.last); {
		select {
		case s, open := <-p.box:
			if !open {
				p.t.Fatalf("waiting for %s: the engine ended", what)
			}
			p.last = s
		case <-deadline:
			var lines []string
			for _, l := range p.last.Gate.Lines {
				lines = append(lines, fmt.Sprintf("%s %s: %s", l.State, l.Title, l.Reason))
			}
			p.t.Fatalf("no %s in time; in %q, plan %+v, gate\n%s", what, p.last.State.Phase, p.last.State.Plan, strings.Join(lines, "\n"))
		}
	}
	return p.last
}

// ask submits an intent, which must be taken.
func (p *player) ask(in model.Intent) {
	p.t.Helper()
	p.n++
	in.ID, in.By = model.IntentID(fmt.Sprint(p.t.Name(), p.n)), model.Actor{Name: "ana", Via: "command"}
	if err := p.feed.Submit(context.Background(), in); err != nil {
		p.t.Fatal(err)
	}
	var got model.Answer
	p.until("an answer", func(s *model.Snapshot) bool {
		for _, a := range s.Answers {
			if a.Intent == in.ID {
				got = a
				return true
			}
		}
		return false
	})
	if got.Err != "" {
		p.t.Fatalf("%s %s%s%s: %s", in.Kind, in.Phase, in.Check, in.Rollback, got.Err)
	}
}

// does has a plan armed and fired, and returns how it ended.
func (p *player) does(in model.Intent) *model.PlanState {
	p.t.Helper()
	before := model.PlanID("")
	if p.last != nil && p.last.State.Plan != nil {
		before = p.last.State.Plan.Plan.ID
	}
	in.Yes = true
	p.ask(in)
	return p.until("the end of "+string(in.Kind), func(s *model.Snapshot) bool {
		pl := s.State.Plan
		return pl != nil && pl.Plan.ID != before && pl.Status == model.Ended
	}).State.Plan
}

// open does what the gate asks of people and waits until it is GO.
func (p *player) open(r *model.Rollout) {
	p.t.Helper()
	for _, m := range r.Metrics {
		if m.Read != nil {
			p.ask(model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{m.ID}, Value: model.Value{Type: model.Text, Text: "99.9%"}})
		}
	}
	state := p.last.State
	for _, c := range r.JudgedChecks(&state) {
		switch c.Kind {
		case model.CheckSign, model.CheckPlan:
			p.ask(model.Intent{Kind: model.Sign, Check: c.ID, Reason: "played"})
		case model.CheckRun:
			if !c.Automatic() {
				p.ask(model.Intent{Kind: model.RunCheck, Check: c.ID})
			}
		case model.CheckDrill:
			if got := p.does(model.Intent{Kind: model.ArmDrill, Rollback: c.Drill}); got.Outcome != model.Ready {
				p.t.Fatalf("drill of %s: %s %s", c.Drill, got.Outcome, got.Summary)
			}
		}
	}
	p.until("GO in "+string(p.last.State.Phase), func(s *model.Snapshot) bool { return s.Gate.Headline == model.GO })
}

// TestEachPlanIsPlayed from sign-off to the final report: every phase is entered on a GO that its own
// gate and checks gave, each rollback is VERIFIED, the way up after one goes level by level, and the
// report tells of all of it. Switches and the .env are real, sources are played.
func TestEachPlanIsPlayed(t *testing.T) {
	for _, name := range []string{"vecsec", "vql"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cfg, err := config.Load(shortened(t, "examples/"+name+".toml", dir), kinds())
			if err != nil {
				t.Fatal(err)
			}
			r := &cfg.Rollout
			for i := range r.Metrics { // whose windows are long
				r.Metrics[i].Settle = 0
			}
			s := &stage{cfg: cfg, live: map[model.FlagID]model.Value{}, ran: map[model.ActionID]int{}}
			p, stop := perform(t, s, filepath.Join(dir, "state"))
			p.until("first answers", func(s *model.Snapshot) bool { return s.Waiting == 0 })
			for _, c := range r.SignOff {
				p.ask(model.Intent{Kind: model.Sign, Check: c.ID})
			}
			for i := range r.Phases {
				if got := p.does(model.Intent{Kind: model.ArmEnter, Phase: r.Phases[i].ID}); got.Outcome != model.Verified || got.Plan.Override {
					t.Fatalf("enter %s: %s %s, override %v", r.Phases[i].ID, got.Outcome, got.Summary, got.Plan.Override)
				}
				p.until("the phase", func(s *model.Snapshot) bool { return s.Gate.Phase == r.Phases[i].ID })
				p.open(r)
				if r.Phases[i].ID == "half" || r.Phases[i].ID == "company_contacts" { // things go wrong once
					p.wrong(r, &r.Phases[i])
				}
			}
			if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Verified {
				t.Errorf("emergency: %s %s", got.Outcome, got.Summary)
			}
			stop()
			final(t, r, filepath.Join(dir, "state"))
		})
	}
}

// wrong takes the phase's own rollback, goes up again, and has the gate open anew.
func (p *player) wrong(r *model.Rollout, phase *model.Phase) {
	p.t.Helper()
	if got := p.does(model.Intent{Kind: model.ArmRollback, Rollback: phase.Rollback}); got.Outcome != model.Verified {
		p.t.Fatalf("%s: %s %s", phase.Rollback, got.Outcome, got.Summary)
	}
	if phase.Again != nil {
		if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Verified {
			p.t.Fatalf("emergency: %s %s", got.Outcome, got.Summary)
		}
	}
	got := p.does(model.Intent{Kind: model.ArmEnter, Phase: phase.ID, Reason: "mended"})
	levels := 0
	for _, st := range got.Plan.Steps {
		levels = max(levels, st.Level)
	}
	if want := len(phase.Again); got.Outcome != model.Verified || want > 0 && levels != want+1 {
		p.t.Fatalf("again: %s %s, in %d levels", got.Outcome, got.Summary, levels)
	}
	p.until("the phase again", func(s *model.Snapshot) bool { return s.Gate.Phase == phase.ID && s.State.Phase == phase.ID })
	p.open(r)
}

// perform runs the plan's engine on the stage.
func perform(t *testing.T, s *stage, dir string) (*player, func()) {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r := &s.cfg.Rollout
	build := func() (model.Parts, error) {
		parts := model.Parts{Sources: map[string]model.BuiltSource{}, Probes: map[string]model.Reader{}, Witnesses: map[string]model.Witness{}}
		actions.Build(s.cfg, &parts)
		s.switches = parts.Switches
		for _, src := range s.cfg.Sources {
			parts.Sources[src.ID] = model.BuiltSource{Kind: src.Kind, Source: scene{s: s, source: src.ID}}
		}
		for i := range r.Actions {
			parts.Actions[r.Actions[i].ID] = scene{s: s, action: r.Actions[i].ID}
			if r.Actions[i].Seen {
				parts.Seen[r.Actions[i].ID] = scene{s: s, read: func() (string, error) { return fmt.Sprint(s.starts), nil }}
			}
		}
		for id := range parts.Effective {
			parts.Effective[id] = scene{s: s, read: func() (string, error) { return s.live[id].Encode(), nil }}
		}
		for i := range r.Phases {
			for _, c := range r.Phases[i].Checks {
				if c.Kind == model.CheckProbe {
					answer := c.Want
					if c.Match != "" {
						answer = `{"uuid": "test-uuid"}`
					}
					parts.Probes[c.Probe] = scene{s: s, read: func() (string, error) { return answer, nil }}
				}
			}
		}
		for id := range maps.Keys(s.cfg.Witnesses) {
			parts.Witnesses[id] = scene{s: s}
		}
		return parts, nil
	}
	l, _ := record.TakeLock(dir)
	if l == nil {
		t.Fatal("no lock")
	}
	f := feed.New(nil)
	e, err := engine.Open(engine.Options{Rollout: r, Dir: dir, Actor: model.Actor{Name: "gonogo", Via: model.ViaEngine}, Now: time.Now, Version: "test", Build: build}, l, f)
	if err != nil {
		t.Fatal(err)
	}
	for id, sw := range s.switches { // what the service began with
		v, err := sw.Observe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.live[id] = v
	}
	ctx, cancel := context.WithCancel(context.Background())
	box, done := f.Subscribe()
	ended := make(chan error, 1)
	go func() {
		err := e.Run(ctx, nil)
		f.Close()
		l.Release()
		ended <- err
	}()
	var once sync.Once
	stop := func() {
		once.Do(func() {
			done()
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	return &player{t: t, feed: f, box: box}, stop
}

// final reads the journal and the final report made of it.
func final(t *testing.T, r *model.Rollout, dir string) {
	t.Helper()
	b := report.NewBuilder(r, report.Span{Kind: report.Final, To: time.Now()})
	read, err := readJournal(dir, "", func(rec model.Record) error { b.Add(rec); return nil })
	if err != nil || read.Problem != "" {
		t.Fatal(err, read.Problem)
	}
	var text strings.Builder
	if err := b.Finish("").Markdown(&text); err != nil {
		t.Fatal(err)
	}
	want := []string{"## Phases", "## Decisions", "## Incidents", "## Signatures and checks", "played"}
	for i := range r.Phases {
		want = append(want, r.Phases[i].Title)
	}
	for _, risk := range r.Risks {
		want = append(want, risk.Mitigation)
	}
	for _, w := range want {
		if !strings.Contains(text.String(), w) {
			t.Errorf("the report does not tell of %q", w)
		}
	}
}

// TestEachElementOfAPlanIsInItsExample: docs/plans.md ticks off only what is there.
func TestEachElementOfAPlanIsInItsExample(t *testing.T) {
	text, err := os.ReadFile("docs/plans.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| .* \\| `([^`]+)` \\| .* \\|$")
	parts := strings.Split(string(text), "\n## ")
	for i, path := range []string{"examples/vecsec.toml", "examples/vql.toml"} {
		var doc map[string]any
		if _, err := toml.DecodeFile(path, &doc); err != nil {
			t.Fatal(err)
		}
		rows := row.FindAllStringSubmatch(parts[i+1], -1)
		if len(rows) < 40 {
			t.Errorf("%s: only %d elements are ticked off", path, len(rows))
		}
		for _, r := range rows {
			at := any(doc)
			for _, key := range strings.Split(r[1], ".") {
				table, _ := at.(map[string]any)
				at = table[key]
			}
			if at == nil {
				t.Errorf("%s has no %s", path, r[1])
			}
		}
	}
	for path, most := range map[string]int{"examples/vecsec.toml": 446, "examples/vql.toml": 400} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > most {
			t.Errorf("%s has %d lines, more than the %d of its plan", path, n, most)
		}
	}
}
