package gate

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestWhatIsAskedIsHeldAgainstWhatIsSeen: the line says both, warns once it is proved,
// counts anew where another share is asked, and knows nothing where the flag tells nothing.
func TestWhatIsAskedIsHeldAgainstWhatIsSeen(t *testing.T) {
	m := *errorMetric(t)
	m.Target, m.Alert, m.Recent, m.Window = nil, nil, 15*time.Minute, 5*time.Minute
	m.Asked = &model.Asked{Flag: "percent", Text: "percent"}
	c := counts(t, m)
	percent := func(text string) {
		c.state.Flags = map[model.FlagID]model.FlagState{"percent": {Effective: model.Value{Type: model.Number, Text: text}}}
	}
	c.want(c.looks(1, 10, 100), model.Collecting, "what is asked is not known: percent shows no number from 0 to 100")
	percent("10")
	c.want(c.looks(1, 10, 100), model.Collecting, "10% asked, 10% seen of 100 events, which prove nothing yet")
	c.want(c.looks(20, 10, 100), model.Pass, "10% asked, 10% seen of")
	c.want(c.looks(40, 20, 100), model.Warn, "10% asked, ")
	line := c.looks(1, 20, 100)
	if !strings.Contains(line.Reason, "confirmed") || line.Thin {
		t.Errorf("%s, thin %v", line.Reason, line.Thin)
	}
	percent("20")
	c.want(c.looks(20, 20, 100), model.Pass, "20% asked, 20% seen of 2000 events")
	percent("120")
	c.want(c.looks(1, 20, 100), model.Collecting, "not known")
	percent("0")
	c.want(c.looks(1, 1, 100), model.Warn, "0% asked, 1% seen of 100 events, confirmed")
	percent("100")
	c.want(c.looks(4, 1, 1), model.Collecting, "100% asked, 100% seen of 4 events")
	c.want(c.looks(2, 100, 100), model.Pass, "100% asked")
	c.want(c.looks(22, 0, 0), model.NoTraffic, "")
	kept := model.State{Streaks: c.k.Streaks(true), Flags: c.state.Flags}
	if got := kept.Streaks["error"].Counted; !got.Match.Met || got.Asked != 1 {
		t.Errorf("kept %+v", got)
	}
	c.state.Changed = model.ServiceChange{Seq: 7, At: c.now, What: "a restart"}
	c.want(c.looks(1, 0, 0), model.Collecting, "100% asked, and no event is counted yet")
	c.want(c.looks(1, 100, 100), model.Pass, "100% asked, 100% seen of 100 events")
}
