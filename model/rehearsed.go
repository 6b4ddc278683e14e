package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// GatesRehearsed: the gates of the phases were judged on recorded history.
type GatesRehearsed struct {
	From       time.Time     `json:"from"` // of the history that there was
	To         time.Time     `json:"to"`
	Asked      time.Duration `json:"asked"`           // how much was asked for
	Phases     []PhaseID     `json:"phases"`          // whose gates
	All        bool          `json:"all,omitempty"`   // those are all that have one
	Gates      Hash          `json:"gates"`           // see GatesHash
	ConfigHash string        `json:"config_hash"`     //
	Passed     bool          `json:"passed"`          //
	Summary    string        `json:"summary"`         // in a few words, inert
	Except     int           `json:"except,omitzero"` // how many stretches were excepted as real incidents
}

func (GatesRehearsed) event() {}

// GatesRehearsal is one such rehearsal, as the state keeps it.
type GatesRehearsal struct {
	At time.Time `json:"at"`
	By Actor     `json:"by"`
	GatesRehearsed
}

// maxRehearsals is how many of them the state keeps.
const maxRehearsals = 8

// rehearsed keeps a rehearsal, the newest last.
func rehearsed(s State, r Record, e GatesRehearsed) State {
	all := append([]GatesRehearsal(nil), s.Rehearsals...)
	all = append(all, GatesRehearsal{At: r.At, By: r.By, GatesRehearsed: e})
	s.Rehearsals = all[max(0, len(all)-maxRehearsals):]
	return s
}

// Covers reports whether g is of so much history, of all gates as r has them now. A
// hundredth of the history may be missing at its beginning.
func (g *GatesRehearsal) Covers(history time.Duration, gates Hash) bool {
	return g.All && g.Gates == gates && g.To.Sub(g.From) >= history-history/100
}

// LastRehearsal returns the newest rehearsal that covers so much history, or nil.
func (s *State) LastRehearsal(history time.Duration, gates Hash) *GatesRehearsal {
	for i := len(s.Rehearsals) - 1; i >= 0; i-- {
		if g := &s.Rehearsals[i]; g.Covers(history, gates) {
			return g
		}
	}
	return nil
}

// GatesHash returns a sum of all that gates are judged by: metrics, phases, guard, evidence. A
// config that differs in nothing of that has the same.
func GatesHash(r *Rollout) Hash {
	type phase struct {
		ID          PhaseID
		Soak, Limit time.Duration
		Gate        []MetricID
		Checks      []MetricID
		Flips       bool
	}
	what := struct {
		Metrics  []Metric
		Phases   []phase
		Guard    *Guard
		Evidence EvidenceSpec
	}{Metrics: r.Metrics, Guard: r.Guard, Evidence: r.Evidence}
	for _, p := range r.Phases {
		of := phase{ID: p.ID, Soak: p.Soak, Limit: p.Limit, Gate: p.Gate, Flips: len(p.Flags) > 0}
		for _, c := range p.Checks {
			if c.Kind == CheckMetric {
				of.Checks = append(of.Checks, c.Metric)
			}
		}
		what.Phases = append(what.Phases, of)
	}
	text, err := json.Marshal(what)
	if err != nil {
		return "" // a threshold that is no number, which no config has
	}
	sum := sha256.Sum256(text)
	return Hash(hex.EncodeToString(sum[:]))
}
