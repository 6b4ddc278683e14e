package headless

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// memory is a source that remembers a day of ten events each 15 s, with a bad hour in it.
type memory struct{ model.Source }

func (memory) Recall(_ context.Context, _ model.MetricID, over model.Past, each func(model.Reading) error) error {
	bad, total := 0.0, 0.0
	for at := over.From; !at.After(over.To); at = at.Add(over.Every) {
		total += 100
		if since := at.Sub(over.To); since > -6*time.Hour && since < -5*time.Hour {
			bad += 30
		}
		if err := each(model.Reading{At: at, SampleAt: at, Value: .001, Bad: bad, Total: total, Counted: true}); err != nil {
			return err
		}
	}
	return nil
}

// TestGatesAreRehearsedByCommand: what fired and is no incident fails it, an excepted one does
// not; without history the status is another, and a wrong word is a mistake.
func TestGatesAreRehearsedByCommand(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		args   string
		source model.Source
		status int
		says   string
	}{
		"an incident":          {"--since 1d", memory{}, ExitNoGo, "the guard would have fired 1 times outside what is excepted"},
		"an excepted incident": {"--since 1d --except 2026-01-02T05:55:00Z/2026-01-02T07:30:00Z", memory{}, ExitOK, "PASSED"},
		"as JSON":              {"--since 1d --json", memory{}, ExitNoGo, `"passed":false`},
		"a source without":     {"--since 1d", nil, ExitUnknown, "it lives only from now on"},
		"no such phase":        {"--since 1d --phase none", memory{}, ExitUsage, "there is no phase"},
		"too little":           {"--since 5m", memory{}, ExitUsage, "at least 1h"},
		"no time":              {"--since 1d --except yesterday", memory{}, ExitUsage, "--except is FROM/TO"},
		"turned round":         {"--since 1d --except 2026-01-02T07:30:00Z/2026-01-02T05:55:00Z", memory{}, ExitUsage, "--except is FROM/TO"},
		"beside a rollback":    {"quick", memory{}, ExitUsage, "expected one of them"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w := &World{Out: Inert(&out), Err: io.Discard, Now: func() time.Time { return now },
				Open: func(string, Use) (Opened, error) { return Opened{}, errors.New("no engine here") },
				Remembered: func(string) (*model.Rollout, map[string]model.Source, error) {
					return &model.Rollout{
						Metrics: []model.Metric{{ID: "error", Source: "prom", Unit: model.Ratio, Counted: true, Bad: "b", Total: "t", Every: 15 * time.Second, StaleAfter: 2 * time.Minute, Recent: 15 * time.Minute,
							Target: &model.Target{Op: "<", Value: .01, Text: "< 1%"}, Alert: &model.Target{Op: ">", Value: .05, Text: "> 5%"}}},
						Phases: []model.Phase{{ID: "half", Soak: 10 * time.Minute, Limit: 2 * time.Hour, Gate: []model.MetricID{"error"}}},
						Guard:  &model.Guard{Mode: model.GuardArmed, On: []model.MetricID{"error"}, Countdown: time.Minute},
					}, map[string]model.Source{"prom": c.source}, nil
				}}
			config := ""
			cmd := w.cmdRehearse(&config)
			cmd.SetArgs(append([]string{"--gates"}, strings.Fields(c.args)...))
			cmd.SilenceErrors, cmd.SilenceUsage = true, true
			err := cmd.ExecuteContext(t.Context())
			text := out.String()
			if err != nil {
				text += err.Error()
			}
			if Status(err) != c.status || !strings.Contains(text, c.says) {
				t.Errorf("status %d, wanted %d and %q:\n%s", Status(err), c.status, c.says, text)
			}
		})
	}
}
