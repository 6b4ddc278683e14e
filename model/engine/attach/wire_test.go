package attach

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gonogo/model"
)

// series returns n points of a chart, a second apart.
func series(epoch uint64, n int) model.Series {
	out := model.Series{Epoch: epoch}
	for i := range n {
		out.Points = append(out.Points, model.Point{At: time.UnixMilli(int64(1000 * i)), V: float64(i) / 2})
	}
	return out
}

// tail returns the records from, … to.
func tail(from, to int) []model.Record {
	var out []model.Record
	for i := from; i <= to; i++ {
		out = append(out, model.Record{Seq: uint64(i), At: time.Unix(int64(i), 0).UTC(), Event: model.HoldChanged{Held: i%2 == 0}})
	}
	return out
}

// sent is what a viewer with v sees of s, which an engine sends it after all that d was sent.
func sent(t testing.TB, d *delta, v *view, s *model.Snapshot) *model.Snapshot {
	t.Helper()
	b, err := json.Marshal(d.next(s))
	if err != nil {
		t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return v.snapshot(m)
}

// same says what is other in the charts and the tail of what a viewer sees.
func same(got, want *model.Snapshot) error {
	for id, w := range want.Series {
		g := got.Series[id]
		if g.Epoch != w.Epoch || !slices.EqualFunc(g.Points, w.Points, func(a, b model.Point) bool {
			return a.At.Equal(b.At) && (a.V == b.V || math.IsNaN(a.V) && math.IsNaN(b.V))
		}) {
			return fmt.Errorf("the chart of %s: epoch %d with %d points, wanted epoch %d with %d", id, g.Epoch, len(g.Points), w.Epoch, len(w.Points))
		}
	}
	seqs := func(s *model.Snapshot) (out []uint64) {
		for _, r := range s.Tail {
			out = append(out, r.Seq)
		}
		return out
	}
	if g, w := seqs(got), seqs(want); len(w) > 0 && !slices.Equal(g[max(0, len(g)-len(w)):], w) {
		return fmt.Errorf("the records %v, wanted %v", g, w)
	}
	return nil
}

// TestAViewerSeesWhatTheEngineShows: whatever was sent before, and however the charts were
// thinned out and the newest snapshots skipped meanwhile.
func TestAViewerSeesWhatTheEngineShows(t *testing.T) {
	gap := series(1, 3)
	gap.Points[1].V = math.NaN()
	endless := series(1, 3)
	endless.Points[2].V = math.Inf(1)
	for _, c := range []struct {
		name  string
		shows []model.Snapshot
	}{
		{"nothing", []model.Snapshot{{}, {}}},
		{"a chart that grows", []model.Snapshot{{Series: map[model.MetricID]model.Series{"a": series(1, 2)}}, {Series: map[model.MetricID]model.Series{"a": series(1, 5)}}}},
		{"a chart that stays", []model.Snapshot{{Series: map[model.MetricID]model.Series{"a": series(1, 2)}}, {Series: map[model.MetricID]model.Series{"a": series(1, 2)}}}},
		{"a chart that was thinned out", []model.Snapshot{{Series: map[model.MetricID]model.Series{"a": series(1, 9)}}, {Series: map[model.MetricID]model.Series{"a": series(2, 4)}}}},
		{"thinned out to as many", []model.Snapshot{{Series: map[model.MetricID]model.Series{"a": series(1, 4)}}, {Series: map[model.MetricID]model.Series{"a": series(2, 4)}}}},
		{"thinned out to none", []model.Snapshot{{Series: map[model.MetricID]model.Series{"a": series(1, 4)}}, {Series: map[model.MetricID]model.Series{"a": series(2, 0)}}}},
		{"a chart that comes later", []model.Snapshot{{}, {Series: map[model.MetricID]model.Series{"a": series(1, 2), "b": series(7, 1)}}}},
		{"a gap, and what has no bounds", []model.Snapshot{{Series: map[model.MetricID]model.Series{"a": gap, "b": endless}}}},
		{"records that come", []model.Snapshot{{Tail: tail(1, 3)}, {Tail: tail(1, 5)}, {Tail: tail(1, 5)}}},
		{"records of which some were dropped", []model.Snapshot{{Tail: tail(1, 3)}, {Tail: tail(300, 499)}}},
		{"many records", []model.Snapshot{{Tail: tail(1, 200)}, {Tail: tail(101, 300)}, {Tail: tail(202, 401)}, {Tail: tail(203, 402)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d delta
			var v view
			for i := range c.shows {
				got := sent(t, &d, &v, &c.shows[i])
				if err := same(got, &c.shows[i]); err != nil {
					t.Errorf("snapshot %d: %v", i, err)
				}
				if len(got.Tail) > tailLength {
					t.Errorf("snapshot %d: %d records", i, len(got.Tail))
				}
			}
		})
	}
}

// TestOnlyWhatIsNewGoesOverTheSocket: a snapshot after another brings the records and points
// that the viewer has not, and no more.
func TestOnlyWhatIsNewGoesOverTheSocket(t *testing.T) {
	var d delta
	d.next(&model.Snapshot{Tail: tail(1, 3), Series: map[model.MetricID]model.Series{"a": series(1, 4), "b": series(1, 2)}})
	s := &model.Snapshot{Tail: tail(1, 4), Series: map[model.MetricID]model.Series{"a": series(1, 5), "b": series(1, 2)}}
	m := d.next(s)
	if len(m.Snapshot.Tail) != 1 || m.Snapshot.Tail[0].Seq != 4 {
		t.Errorf("records %+v", m.Snapshot.Tail)
	}
	if p, ok := m.Series["b"]; ok || len(m.Series["a"].V) != 1 || m.Series["a"].From != 4 {
		t.Errorf("points %+v, %+v", m.Series["a"], p)
	}
	if len(s.Tail) != 4 {
		t.Error("the engine's own snapshot was changed")
	}
	if m := d.next(s); len(m.Snapshot.Tail) > 0 || len(m.Series) > 0 {
		t.Errorf("again, with nothing new: %+v", m)
	}
}

// TestEverySequenceOfSnapshotsArrives: the property behind the cases above.
func TestEverySequenceOfSnapshotsArrives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d delta
		var v view
		epoch, points, first, last := uint64(1), 0, 1, 0
		for range rapid.IntRange(1, 12).Draw(t, "snapshots") {
			if rapid.Bool().Draw(t, "thinned") {
				epoch++
				points /= 2
			}
			points += rapid.IntRange(0, 5).Draw(t, "points")
			last += rapid.IntRange(0, 150).Draw(t, "records")
			first = max(first, last-tailLength+1)
			s := &model.Snapshot{Tail: tail(first, last), Series: map[model.MetricID]model.Series{"a": series(epoch, points)}}
			b, err := json.Marshal(d.next(s))
			if err != nil {
				t.Fatal(err)
			}
			var m message
			if err := json.Unmarshal(b, &m); err != nil {
				t.Fatal(err)
			}
			if err := same(v.snapshot(m), s); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestWhatIsSharedIsNotChangedByWhatComesLater: a snapshot that a viewer shows stays as it was.
func TestWhatIsSharedIsNotChangedByWhatComesLater(t *testing.T) {
	var d delta
	var v view
	first := sent(t, &d, &v, &model.Snapshot{Tail: tail(1, 2), Series: map[model.MetricID]model.Series{"a": series(1, 2)}})
	sent(t, &d, &v, &model.Snapshot{Tail: tail(1, 4), Series: map[model.MetricID]model.Series{"a": series(1, 6), "b": series(1, 1)}})
	if len(first.Tail) != 2 || len(first.Series) != 1 || len(first.Series["a"].Points) != 2 {
		t.Errorf("%d records, %d charts, %d points", len(first.Tail), len(first.Series), len(first.Series["a"].Points))
	}
}

// TestPointsWithoutATimeAreLeftOut: times and values that do not match in number bring what does,
// and break nothing.
func TestPointsWithoutATimeAreLeftOut(t *testing.T) {
	for _, c := range []struct{ text, name string }{
		{`{"epoch":1,"from":0,"at":[1000,2000],"v":[1]}`, "too few values"},
		{`{"epoch":1,"from":0,"at":[1000],"v":[1,2,3]}`, "too few times"},
	} {
		var m message
		if err := json.Unmarshal([]byte(`{"snapshot":{},"series":{"a":`+c.text+`}}`), &m); err != nil {
			t.Fatal(err)
		}
		var v view
		if got := v.snapshot(m).Series["a"].Points; len(got) != 1 || got[0].V != 1 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// received is what comes of what an engine says: the snapshots that are shown, and why it ended.
func received(t *testing.T, readOnly bool, lines ...string) ([]*model.Snapshot, error) {
	t.Helper()
	engine, viewer := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.WriteString(engine, strings.Join(lines, "\n")+"\n")
		_ = engine.Close()
	}()
	var seen []*model.Snapshot
	err := receive(viewer, readOnly, func(s *model.Snapshot) { seen = append(seen, s) })
	_ = viewer.Close()
	<-done
	return seen, err
}

// TestAViewerTakesNothingForASnapshotButOne: an engine of another version, one that lets nobody in,
// and what is no engine at all show nothing, and it is said why.
func TestAViewerTakesNothingForASnapshotButOne(t *testing.T) {
	const hi = `{"hello":{"version":1,"rollout":{"id":"shop"}}}`
	const snap = `{"snapshot":{"seq":7}}`
	for _, c := range []struct {
		name  string
		lines []string
		shown int
		says  string
	}{
		{"an engine", []string{hi, snap, snap}, 2, "EOF"},
		{"a newer one", []string{`{"hello":{"version":2,"rollout":{"id":"shop"}}}`, snap}, 0, "the engine speaks protocol 2, this gonogo 1: use the same version"},
		{"one without a version", []string{`{"hello":{}}`, snap}, 0, "protocol 0"},
		{"a snapshot before hello", []string{snap, hi, snap}, 1, "EOF"},
		{"a hello without a rollout", []string{`{"hello":{"version":1}}`, snap}, 0, "EOF"},
		{"one that lets nobody in", []string{`{"hello":{"version":1,"refused":"ana\u001b[2J may not"}}`, snap}, 0, "ana␛[2J may not"},
		{"no JSON", []string{"SSH-2.0-OpenSSH_9.6"}, 0, "invalid character"},
		{"deep JSON", []string{hi, `{"snapshot":{"x":` + strings.Repeat("[", 100_000)}, 0, "deep"},
		{"half of one", []string{hi, `{"snapshot":{"seq":7`}, 0, "unexpected EOF"},
		{"nothing", nil, 0, "EOF"},
		{"what this version does not know", []string{hi, `{"weather":"fine"}`, snap}, 1, "EOF"},
		{"an intent, which is no engine's to say", []string{hi, `{"intent":{"kind":"fire"}}`, snap}, 1, "EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen, err := received(t, false, c.lines...)
			if len(seen) != c.shown || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%d shown, %v", len(seen), err)
			}
			for _, s := range seen {
				if s.Rollout == nil || s.Rollout.ID != "shop" || !s.Attached || s.Seq != 7 {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

// TestARefusalOfAnEngineThatEndsSoonIsKnown: for that one is waited.
func TestARefusalOfAnEngineThatEndsSoonIsKnown(t *testing.T) {
	for _, soon := range []bool{true, false} {
		_, err := received(t, false, fmt.Sprintf(`{"hello":{"version":1,"refused":"not you","transient":%t}}`, soon))
		var elsewhere *Elsewhere
		if !errors.As(err, &elsewhere) || elsewhere.Transient != soon || !errors.Is(err, model.ErrRefused) {
			t.Errorf("transient %t: %#v", soon, err)
		}
	}
}

// TestAReadOnlySeatShowsThatItIs: whatever the engine would let it do.
func TestAReadOnlySeatShowsThatItIs(t *testing.T) {
	for _, c := range []struct {
		readOnly bool
		access   string
		want     model.Access
	}{
		{true, "", model.AccessReadOnly}, {true, string(model.AccessMember), model.AccessReadOnly},
		{false, "", ""}, {false, string(model.AccessMember), model.AccessMember},
	} {
		seen, _ := received(t, c.readOnly, fmt.Sprintf(`{"hello":{"version":1,"rollout":{"id":"shop"},"access":%q}}`, c.access), `{"snapshot":{}}`)
		if len(seen) != 1 || seen[0].Access != c.want {
			t.Errorf("%+v: %d shown, %q", c, len(seen), seen[0].Access)
		}
	}
}
