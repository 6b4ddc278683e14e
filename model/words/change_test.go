package words

import (
	"testing"
	"time"

	"gonogo/model"
)

func TestChange(t *testing.T) {
	ratio := func(f func(*model.Metric)) *model.Metric {
		m := &model.Metric{ID: "errors", Unit: model.Ratio, Target: &model.Target{Op: "<", Value: .01, Text: "< 1%"}}
		if f != nil {
			f(m)
		}
		return m
	}
	windowed := ratio(func(m *model.Metric) { m.MinCount, m.CountOver = 100, 5*time.Minute })
	on := func(of model.MetricID) *model.Metric {
		return ratio(func(m *model.Metric) { m.Target.Of, m.Target.Text = of, "<= 1.2 * "+string(of) })
	}
	const minute = time.Minute
	people := &model.Metric{ID: "crash", Read: &model.PeopleRead{Every: time.Hour}}
	tests := []struct {
		name string
		m    *model.Metric
		line model.Line
		want string
	}{
		{"passes", ratio(nil), model.Line{State: model.Pass}, ""},
		{"a person", nil, model.Line{Check: "leak", State: model.Manual}, "a person signs it"},
		{"soak", nil, model.Line{State: model.Soaking, MoreTime: 29*time.Hour + 30*time.Millisecond}, "time: 1d 5h more, healthy and observed"},
		{"soak of unknown length", nil, model.Line{State: model.Soaking}, "time: nothing else is missing"},

		{"settling", ratio(nil), model.Line{State: model.Collecting, Settling: 4 * minute, MoreTime: 4 * minute}, "time: it has settled in 4m"},
		{"nearly settled", ratio(nil), model.Line{State: model.Collecting, Settling: 20 * time.Millisecond}, "time: it has settled in 1s"},
		{"few events", windowed, model.Line{State: model.Collecting, More: 60, MoreOf: model.AnyEvents, MoreTime: 3 * minute, Rate: .33},
			"60 more events within its 5m window, about 3 min"},
		{"one event", ratio(nil), model.Line{State: model.Collecting, More: 1, MoreOf: model.AnyEvents, MoreTime: time.Second}, "1 more event, about 10 s"},
		{"events that do not come", windowed, model.Line{State: model.Collecting, More: 60, MoreOf: model.AnyEvents, Rate: .1333},
			"60 more events: at the present 0.13/s they do not come, so more traffic, a longer window or a smaller min_count"},
		{"no events", windowed, model.Line{State: model.Collecting, More: 100, MoreOf: model.AnyEvents},
			"100 more events within its 5m window: none come at present, so traffic, a longer window or a smaller min_count"},
		{"few events, nothing else known", nil, model.Line{State: model.Collecting, More: 60, MoreOf: model.AnyEvents}, "60 more events: how fast they come is not known"},
		{"no count", windowed, model.Line{State: model.Collecting}, "a number of events: the metric needs a count"},
		{"clean events", ratio(nil), model.Line{State: model.Collecting, More: 900, MoreOf: model.CleanEvents, MoreTime: 6 * minute, Rate: 2.5},
			"passes after about 900 good events, about 6 min"},
		{"such events", ratio(nil), model.Line{State: model.Collecting, More: 73, MoreOf: model.SuchEvents, MoreTime: 2 * minute, Rate: .6},
			"passes after about 73 more events as they come now, about 2 min"},
		{"clean events, seldom", ratio(nil), model.Line{State: model.Collecting, More: 900, MoreOf: model.CleanEvents, Rate: .00001},
			"passes after about 900 good events, months at the present 1e-05/s"},
		{"clean events, pace unknown", ratio(nil), model.Line{State: model.Collecting, More: 900, MoreOf: model.CleanEvents},
			"passes after about 900 good events: how fast they come is not known"},
		{"not held", ratio(nil), model.Line{State: model.Collecting, Held: 3 * minute, MoreTime: 7 * minute}, "time: the target holds for 7m more"},
		{"a check that is due", nil, model.Line{State: model.Collecting, Check: "suite"}, "gonogo finds it out: it is due"},
		{"anything else", nil, model.Line{State: model.Collecting}, "more evidence"},

		{"outside", ratio(nil), model.Line{Metric: "errors", State: model.Warn, Target: "< 1%"}, "the value comes to < 1%"},
		{"outside for long", ratio(func(m *model.Metric) { m.For = 10 * minute }), model.Line{Metric: "errors", State: model.Fail, Target: "< 1%"},
			"the value comes to < 1%, then the target holds for 10m"},
		{"diluted", ratio(nil), model.Line{Metric: "errors", State: model.Fail, Target: "< 1%", More: 900, MoreOf: model.CleanEvents, MoreTime: 6 * minute},
			"passes after about 900 good events, about 6 min"},
		{"forgotten sooner", windowed, model.Line{Metric: "errors", State: model.Warn, Target: "< 1%", More: 9000, MoreOf: model.CleanEvents, MoreTime: 5 * minute},
			"passes after about 9000 good events, or 5m without a bad one"},
		{"an alert without a target", nil, model.Line{Metric: "errors", State: model.Fail, Alert: "> 5%"}, "the value leaves > 5%"},
		{"a check that failed", nil, model.Line{Check: "suite", State: model.Fail}, "it is found out again, and holds"},

		{"no baseline", on(model.OfBaseline), model.Line{Metric: "errors", State: model.NoData, HasValue: true}, "its baseline is frozen: gonogo baseline freeze"},
		{"no other", on("direct_p95"), model.Line{Metric: "errors", State: model.NoData, HasValue: true}, "a usable value of direct_p95"},
		{"no alert's baseline", ratio(func(m *model.Metric) { m.Alert = &model.Target{Op: ">", Of: model.OfBaseline} }),
			model.Line{Metric: "errors", State: model.NoData, HasValue: true, HasTarget: true}, "its baseline is frozen: gonogo baseline freeze"},
		{"no input", ratio(func(m *model.Metric) { m.Expr, m.Inputs = "a / (b + c)", []model.MetricID{"a", "b", "c"} }), model.Line{State: model.Down}, "usable values of a, b and c"},
		{"no traffic", ratio(nil), model.Line{State: model.NoTraffic}, "traffic: a ratio of nothing is no evidence"},
		{"no data", ratio(nil), model.Line{State: model.NoData}, "an answer with a value: does the service run, and export one?"},
		{"no series", ratio(nil), model.Line{State: model.NoSeries}, "the query matches a series: is a name or label mistyped, or the service not scraped?"},
		{"stale", ratio(nil), model.Line{State: model.Stale}, "a newer sample: is the service still scraped?"},
		{"ambiguous", ratio(nil), model.Line{State: model.Ambiguous}, "the query returns one series: sum it, or select one"},
		{"down", ratio(nil), model.Line{State: model.Down}, "the source answers"},
		{"unread", people, model.Line{Metric: "crash", State: model.Unread}, "a person reads it: R, or gonogo read crash VALUE"},
		{"read too long ago", people, model.Line{Metric: "crash", State: model.Stale}, "a person reads it again: R, or gonogo read crash VALUE"},
		{"read, and off target", people, model.Line{Metric: "crash", State: model.Warn, Target: "< 1%"},
			"the value comes to < 1%, and a person reads it again: R, or gonogo read crash VALUE"},
		{"computed of what is unread", &model.Metric{Expr: "2 * crash", Inputs: []model.MetricID{"crash"}}, model.Line{State: model.Unread}, "usable values of crash"},
		{"unread, and nothing is known of it", nil, model.Line{State: model.Unread}, "a person reads it"},
		{"of a newer engine", nil, model.Line{State: "ODD"}, "an answer that can be judged"},
		{"hostile", ratio(nil), model.Line{Metric: "errors", State: model.Warn, Target: "< \x1b[2J"}, "the value comes to < ␛[2J"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Change(tt.m, &tt.line); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestChangeCheck(t *testing.T) {
	errors := &model.Metric{ID: "errors"}
	tests := []struct {
		name  string
		check model.Check
		line  model.Line
		want  string
	}{
		{"passes", model.Check{}, model.Line{State: model.Pass}, ""},
		{"a person", model.Check{}, model.Line{State: model.Manual}, "a person signs it"},
		{"a run", model.Check{Kind: model.CheckRun, Action: "e2e"}, model.Line{State: model.Manual}, "a person runs e2e, and it ends well"},
		{"a daily run", model.Check{Kind: model.CheckRun, Action: "e2e", Every: 24 * time.Hour}, model.Line{State: model.Fail},
			"e2e ends well: it runs by itself every 1d, or when a person says so"},
		{"a probe", model.Check{Kind: model.CheckProbe}, model.Line{State: model.Collecting}, "its probe answers"},
		{"a probe's answer", model.Check{Kind: model.CheckProbe, Want: "ok"}, model.Line{State: model.Fail}, `its probe answers "ok"`},
		{"a metric", model.Check{Kind: model.CheckMetric, Metric: "errors"}, model.Line{Metric: "errors", State: model.Down}, "the source answers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ChangeCheck(&tt.check, errors, &tt.line); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestAbout(t *testing.T) {
	tests := map[time.Duration]string{0: "10 s", 31 * time.Second: "40 s", 89 * time.Second: "90 s", 90 * time.Second: "2 min",
		89 * time.Minute: "89 min", 100 * time.Minute: "2 h", 35 * time.Hour: "35 h", 60 * time.Hour: "3 days"}
	for d, want := range tests {
		if got := about(d); got != want {
			t.Errorf("about(%s) = %q, want %q", d, got, want)
		}
	}
}
