package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/panel"
)

// picker asks which items to take out of a flag's list.
type picker struct {
	drawn
	until
	rollback model.RollbackID
	flag     model.FlagID
	out      map[string]bool // by item
	at       int             // among those that the filter leaves
	input    *field          // the filter
	finding  bool            // it is being typed
}

// pick opens the picker of a rollback whose list flag is asked about.
func (m *Model) pick(id model.RollbackID, flag model.FlagID) tea.Cmd {
	m.open(&picker{until: m.whilePhase(), rollback: id, flag: flag, out: map[string]bool{}, input: newField("")})
	return nil
}

// listNow returns who is on the flag's list, see model.Flag.Members.
func listNow(s *model.Snapshot, id model.FlagID) ([]string, bool) {
	f := s.Rollout.Flag(id)
	if f == nil {
		return nil, false
	}
	return f.Members(s.State.Flags[id])
}

// cannotPick says why nothing can be taken out of the flag's list; empty if something can.
func cannotPick(r *model.Rollout, s *model.Snapshot, id model.FlagID) string {
	items, known := listNow(s, id)
	f := r.Flag(id)
	switch {
	case !known && s.State.Flags[id].Current().Type == model.List:
		return string(id) + " is empty, which means everyone, and its population is not known"
	case !known:
		return "what is in " + string(id) + " is not known"
	case len(items) == 0:
		return string(id) + " is empty"
	case len(items) == 1 && f != nil && f.Empty == "everyone":
		return "only one is in " + string(id) + ", and empty would mean everyone"
	}
	return ""
}

func (o *picker) field() *field {
	if o.finding {
		return o.input
	}
	return nil
}

func (o *picker) keys(k *keyMap) []command {
	if o.finding {
		return k.text
	}
	return k.pickKeys()
}

func (o *picker) edited(*Model) tea.Cmd { o.at = 0; return nil }

func (o *picker) move(m *Model, by int) {
	o.at = min(max(0, o.at+by), max(0, len(o.rows(m))-1))
}

// items are those in the list now.
func (o *picker) items(m *Model) []string {
	if s := m.seen(); s != nil && s.Rollout != nil {
		items, _ := listNow(s, o.flag)
		return items
	}
	return nil
}

// rows are the items that hold the filter.
func (o *picker) rows(m *Model) []string {
	want := strings.ToLower(strings.TrimSpace(o.input.String()))
	var out []string
	for _, item := range o.items(m) {
		if strings.Contains(strings.ToLower(model.Inert(item)), want) {
			out = append(out, item)
		}
	}
	return out
}

// picked are the items that go out, in the order of the list.
func (o *picker) picked(m *Model) []string {
	var out []string
	for _, item := range o.items(m) {
		if o.out[item] {
			out = append(out, item)
		}
	}
	return out
}

// everyone reports whether taking these out would open the flag to everyone.
func (o *picker) everyone(m *Model) bool {
	s := m.seen()
	if s == nil || s.Rollout == nil {
		return false
	}
	f := s.Rollout.Flag(o.flag)
	items := o.items(m)
	return f != nil && f.Empty == "everyone" && len(items) > 0 && len(o.picked(m)) == len(items)
}

// pickHere takes what the cursor is on out, or leaves it in.
func (m *Model) pickHere() tea.Cmd {
	if o, ok := m.over.(*picker); ok {
		if item, ok := at(o.rows(m), o.at); ok {
			o.out[item] = !o.out[item]
		}
	}
	return nil
}

// pickFind filters the items.
func (m *Model) pickFind() tea.Cmd {
	if o, ok := m.over.(*picker); ok {
		o.finding = true
	}
	return nil
}

func (o *picker) enter(m *Model) tea.Cmd {
	picked := o.picked(m)
	switch {
	case o.finding:
		o.finding = false
		return nil
	case o.early(m):
		return nil
	case m.lone.hurried(m.now, bangAlone):
		m.failAlone()
		return nil
	case len(picked) == 0:
		m.say("pick which to take out of %s: space on it", o.flag)
		return nil
	case o.everyone(m):
		m.fail("%s", o.warning(m))
		return nil
	}
	in := model.Intent{Kind: model.ArmRollback, Rollback: o.rollback, Remove: picked, Seen: m.seen().Seq}
	return m.alone(func(m *Model) tea.Cmd {
		if m.over == o {
			m.over = nil
		}
		return m.submit(in)
	})
}

// closed leaves the filter first, where there is one.
func (o *picker) closed(m *Model) {
	if o.finding || o.input.String() != "" {
		o.finding, o.input, o.at = false, newField(""), 0
		m.over = o
	}
}

func (o *picker) warning(m *Model) string {
	if !o.everyone(m) {
		return ""
	}
	return fmt.Sprintf("an empty %s means everyone: leave at least one in, or take a larger way down", o.flag)
}

func (o *picker) draw(m *Model, p panel.Props) string {
	o.note(m)
	rows := o.rows(m)
	all, picked := len(o.items(m)), len(o.picked(m))
	o.at = min(o.at, max(0, len(rows)-1))
	pick := panel.Pick{
		Title: "Take out of " + string(o.flag), Count: fmt.Sprintf("%d of %d out, %d stay", picked, all, all-picked),
		Warning: o.warning(m), Filter: o.input.String(), Finding: o.finding, Cursor: o.input.at,
	}
	if all-picked == 1 {
		pick.Count = fmt.Sprintf("%d of %d out, 1 stays", picked, all)
	}
	for _, item := range rows {
		pick.Rows = append(pick.Rows, panel.PickRow{Text: item, Out: o.out[item]})
	}
	p.Cursor = o.at
	return panel.PickBox(p, pick)
}
