// Package ui is the cockpit on the screen: it shows the snapshots of a Feed
// and turns keys into intents. It decides nothing about the rollout.
//
// Goroutines: all belong to the Bubble Tea program that Run starts and waits
// for. The model itself is only touched by that program's event loop. Snapshots that come
// faster than the screen are dropped, the newest never; intents are handed to
// the feed in order, each with an error or an answer shown.
//
// It imports the model, Bubble Tea and its own panels; never sources, actions
// or the engine, and does no I/O but that of the terminal.
package ui

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"gonogo/model"
	"gonogo/ui/theme"
)

// Options say how the cockpit runs. The zero value is the process's own terminal.
type Options struct {
	Actor    model.Actor           // who sits at the keys
	Input    io.Reader             // the terminal's input; nil: stdin
	Output   io.Writer             // the terminal; nil: stdout
	Environ  []string              // for TERM, NO_COLOR and their like; nil: the process's own
	Now      func() time.Time      // nil: time.Now
	NewID    func() model.IntentID // nil: random
	Dark     *bool                 // the terminal's background; nil: ask the terminal
	NoColor  bool                  // no colours, whatever the terminal can do
	FPS      int                   // frames a second, 1 to 120; 0: 60
	ReadOnly bool                  // submit nothing
	Version  string                // shown in help
	AskQuit  <-chan struct{}       // each value asks to quit, as ctrl+c does: main puts INT and TERM here

	width, height int                   // the size without a terminal, for tests
	profile       *colorprofile.Profile // nil: found out from the environment
	leave         time.Duration         // 0: leaveWithin
}

func (o Options) withDefaults() Options {
	if o.Input == nil {
		o.Input = os.Stdin
	}
	if o.Output == nil {
		o.Output = os.Stdout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = func() model.IntentID { return model.IntentID(rand.Text()) }
	}
	if o.leave == 0 {
		o.leave = leaveWithin
	}
	if o.Actor.Via == "" {
		o.Actor.Via = "cockpit"
	}
	return o
}

// Model is the only tea.Model of gonogo. Its Update routes, and the methods
// that it routes to decide.
type Model struct {
	ctx     context.Context
	feed    Feed
	mailbox <-chan *model.Snapshot
	o       Options
	keys    keyMap

	live, shown *model.Snapshot // nil before the first; shown lags behind while frozen
	feedEnded   bool
	now         time.Time
	tick        int // the number of the tick chain that counts
	fast        bool

	w, h    int
	profile colorprofile.Profile
	dark    bool
	theme   *theme.Theme
	view    viewCache

	focus   string // the name of a panel
	zoomed  bool
	frozen  bool
	at      map[string]int // the cursor of each panel
	top     map[string]int // its first visible row
	rangeAt int            // index into ranges
	filter  string

	over     overlay // nil: none is open
	plan     planView
	bang     bang
	lone     alone
	torn     torn
	status   status
	queue    []model.Intent
	waiting  map[model.IntentID]waiting
	quitting bool
}

// newModel returns a model that looks at mailbox and submits to feed.
func newModel(ctx context.Context, feed Feed, mailbox <-chan *model.Snapshot, o Options) *Model {
	o = o.withDefaults()
	m := &Model{
		ctx: ctx, feed: feed, mailbox: mailbox, o: o, keys: newKeyMap(), now: o.Now(),
		dark: o.Dark == nil || *o.Dark, profile: colorprofile.ANSI256,
		w: o.width, h: o.height, focus: panelGate, rangeAt: defaultRange,
		at: map[string]int{}, top: map[string]int{}, waiting: map[model.IntentID]waiting{},
	}
	m.retheme()
	return m
}

// Init starts the clock and waits for the first snapshot.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(receive(m.ctx, m.mailbox), awaitQuit(m.ctx, m.o.AskQuit), m.nextTick())
}

// Update routes a message to who handles it.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.now = m.o.Now()
	if _, pressed := msg.(tea.KeyPressMsg); !pressed {
		m.torn.other(m.now, msg, m.w, m.h)
	}
	switch msg := msg.(type) {
	case snapshotMsg:
		return m, tea.Batch(receive(m.ctx, m.mailbox), m.took(msg.snap))
	case tickMsg:
		return m, m.ticked(msg)
	case tea.KeyReleaseMsg, tea.MouseMotionMsg, tea.MouseReleaseMsg, tea.PasteStartMsg, tea.PasteEndMsg, tea.FocusMsg, tea.BlurMsg:
		return m, nil
	}
	m.view.dirty = true
	switch msg := msg.(type) {
	case feedEndMsg:
		m.feedEnded = true
	case sentMsg:
		return m, m.sent(msg)
	case aloneMsg:
		return m, m.waited(msg)
	case bangMsg:
		return m, m.banged(msg)
	case askedMsg:
		return m, tea.Batch(awaitQuit(m.ctx, m.o.AskQuit), m.signalled())
	case tea.KeyPressMsg:
		return m, m.pressed(msg)
	case tea.PasteMsg:
		return m, m.pasted(msg)
	case tea.MouseClickMsg:
		return m, m.clicked(msg)
	case tea.MouseWheelMsg:
		m.wheeled(msg)
	case tea.WindowSizeMsg:
		m.w, m.h = max(0, msg.Width), max(0, msg.Height)
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.retheme()
	case tea.EnvMsg:
		return m, m.findBackground(msg)
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.retheme()
	case tea.ResumeMsg:
		return m, tea.RequestWindowSize
	default:
		// What the terminal said beside, or what nobody could read: both are
		// neighbours of a key that a torn reply may have typed.
		m.noise()
	}
	return m, nil
}

// retheme resolves the styles anew.
func (m *Model) retheme() {
	profile := m.profile
	if m.o.NoColor {
		profile = min(profile, colorprofile.ASCII)
	}
	m.theme = theme.New(m.dark, profile)
}

// findBackground asks the terminal for its background unless the options say
// it. Over SSH it does not ask: a reply that a slow line tears apart types
// letters. There COLORFGBG counts, and else dark.
func (m *Model) findBackground(env tea.EnvMsg) tea.Cmd {
	if m.o.Dark != nil {
		return nil
	}
	if env.Getenv("SSH_TTY") == "" && env.Getenv("SSH_CONNECTION") == "" {
		return tea.RequestBackgroundColor
	}
	if fgbg := env.Getenv("COLORFGBG"); fgbg != "" {
		bg := fgbg[strings.LastIndex(fgbg, ";")+1:]
		m.dark = !slices.Contains([]string{"7", "15"}, bg)
		m.retheme()
	}
	return nil
}

// pressed gives a key to whoever has the keyboard: a text field, an open
// overlay, the plan, or else the panels.
func (m *Model) pressed(k tea.KeyPressMsg) tea.Cmd {
	spoiled := m.lone.note(m.now, k.String())
	if m.torn.key(m.now, k, m.effect(k)) {
		if !m.keys.isEmergency(k) { // one that was ignored does not keep the next away
			m.bang.noise(m.now)
		}
		m.failTorn(k)
		return nil
	}
	if m.over == nil || m.over.field() == nil {
		if cmd, swallowed := m.bangKey(k); swallowed {
			return cmd
		}
	} else if m.bang.noise(m.now) {
		m.failBang()
	}
	if spoiled {
		m.failAlone()
		return nil
	}
	m.status.acknowledge(m.now)
	if m.over != nil {
		return m.overlayKey(k)
	}
	return m.keys.run(m, m.holder(), k)
}

// holder returns the keys of whoever has the keyboard.
func (m *Model) holder() []command {
	switch {
	case m.over != nil:
		return m.over.keys(&m.keys)
	case m.planVisible():
		return m.keys.plan
	}
	return m.keys.main
}

// effect returns what k would do where the keyboard is; a letter of a text does nothing.
func (m *Model) effect(k tea.KeyPressMsg) effect {
	typed := m.over != nil && m.over.field() != nil
	if m.keys.isEmergency(k) && !typed {
		return acts
	}
	if c := find(m.holder(), k); c != nil {
		return c.effect
	}
	return moves
}

// pasted puts a paste into the text field, if there is one; it never counts as keys.
func (m *Model) pasted(p tea.PasteMsg) tea.Cmd {
	m.noise()
	if m.over == nil || m.over.field() == nil {
		m.say("a paste was ignored: it goes into text fields only")
		return nil
	}
	m.over.field().insert(p.Content)
	return m.over.edited(m)
}

// seen returns the snapshot that the person looks at.
func (m *Model) seen() *model.Snapshot {
	if m.frozen && m.shown != nil {
		return m.shown
	}
	return m.live
}
