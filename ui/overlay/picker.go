package overlay

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// picker asks which items to take out of a flag's list.
type picker struct {
	until
	rollback model.RollbackID
	flag     model.FlagID
	out      map[string]bool // by item
	at       int             // among those that the filter leaves
	input    input           // the filter
	finding  bool            // it is being typed
}

// Pick asks which items to take out of the list flag of a rollback.
func Pick(s Scene, id model.RollbackID, flag model.FlagID) Overlay {
	return &picker{until: whilePhase(s), rollback: id, flag: flag, out: map[string]bool{}, input: newInput("/ ", "")}
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

func (o *picker) Typing() bool { return o.finding }

func (o *picker) Keys() []Binding {
	if o.finding {
		return textKeys(keyboard.Leads)
	}
	return both(pickKeys(), listKeys())
}

func (o *picker) Open() keyboard.Open { return keyboard.Open{Dead: keyboard.Dead} }

func (o *picker) Paste(text string, _ Scene) Want {
	o.input.insert(text)
	o.at = 0
	return Want{}
}

func (o *picker) Move(by int, s Scene) {
	o.at = min(max(0, o.at+by), max(0, len(o.rows(s))-1))
}

func (o *picker) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(o.Keys(), k) {
	case down:
		o.Move(1, s)
	case up:
		o.Move(-1, s)
	case pickIt:
		if it, ok := at(o.rows(s), o.at); ok {
			o.out[it] = !o.out[it]
		}
	case findIn:
		o.finding = true
	case take:
		return o.take(s)
	case leave: // the filter first, where there is one
		if !o.finding && o.input.String() == "" {
			return nil, Want{}
		}
		o.finding, o.input, o.at = false, newInput("/ ", ""), 0
	case askQuit:
		return o, Want{AskQuit: true}
	case unknown:
		if o.finding && o.input.key(k) {
			o.at = 0
		}
	}
	return o, Want{}
}

func (o *picker) take(s Scene) (Overlay, Want) {
	picked := o.picked(s)
	switch {
	case o.finding:
		o.finding = false
		return o, Want{}
	case len(picked) == 0:
		return o, Say("pick which to take out of %s: space on it", o.flag)
	case o.everyone(s):
		return o, Fail("%s", o.warning(s))
	}
	return nil, Submit(model.Intent{Kind: model.ArmRollback, Rollback: o.rollback, Remove: picked})
}

// items are those in the list now.
func (o *picker) items(s Scene) []string {
	if r, snap := s.Rollout(); r != nil {
		items, _ := listNow(snap, o.flag)
		return items
	}
	return nil
}

// rows are the items that hold the filter.
func (o *picker) rows(s Scene) []string {
	want := strings.ToLower(strings.TrimSpace(o.input.String()))
	var out []string
	for _, it := range o.items(s) {
		if strings.Contains(strings.ToLower(model.Inert(it)), want) {
			out = append(out, it)
		}
	}
	return out
}

// picked are the items that go out, in the order of the list.
func (o *picker) picked(s Scene) []string {
	var out []string
	for _, it := range o.items(s) {
		if o.out[it] {
			out = append(out, it)
		}
	}
	return out
}

// everyone reports whether taking these out would open the flag to everyone.
func (o *picker) everyone(s Scene) bool {
	r, _ := s.Rollout()
	if r == nil {
		return false
	}
	f := r.Flag(o.flag)
	items := o.items(s)
	return f != nil && f.Empty == "everyone" && len(items) > 0 && len(o.picked(s)) == len(items)
}

func (o *picker) warning(s Scene) string {
	if !o.everyone(s) {
		return ""
	}
	return fmt.Sprintf("an empty %s means everyone: leave at least one in, or take a larger rollback", o.flag)
}

func (o *picker) View(s Scene, p panel.Props) string {
	rows := o.rows(s)
	all, picked := len(o.items(s)), len(o.picked(s))
	o.at = min(o.at, max(0, len(rows)-1))
	pick := panel.Pick{
		Title: "Take out of " + string(o.flag), Count: fmt.Sprintf("%d of %d out, %d stay", picked, all, all-picked),
		Warning: o.warning(s), Filter: o.input.String(), Finding: o.finding,
	}
	if all-picked == 1 {
		pick.Count = fmt.Sprintf("%d of %d out, 1 stays", picked, all)
	}
	for _, it := range rows {
		pick.Rows = append(pick.Rows, panel.PickRow{Text: it, Out: o.out[it]})
	}
	p.Cursor = o.at
	b := panel.PickBox(p, pick)
	if o.finding || o.input.String() != "" {
		count := themeOf(p).Lip(theme.Dim).Render("  " + strconv.Itoa(len(rows)) + " shown")
		b.Head = []string{o.input.view(p, max(roomFor(p)-12, 1), o.finding) + count}
	}
	box, _ := frame(p, b, 0)
	return box
}
