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
	"gonogo/ui/keyboard"
	"gonogo/ui/overlay"
	"gonogo/ui/theme"
)

// Options say how the cockpit runs. The zero value is the process's own terminal.
type Options struct {
	Actor    model.Actor                // who sits at the keys
	Input    io.Reader                  // the terminal's input; nil: stdin
	Output   io.Writer                  // the terminal; nil: stdout
	Environ  []string                   // for TERM, NO_COLOR and their like; nil: the process's own
	Now      func() time.Time           // nil: time.Now
	NewID    func() model.IntentID      // nil: random
	Dark     *bool                      // the terminal's background; nil: ask the terminal
	NoColor  bool                       // no colours, whatever the terminal can do
	Look     theme.Look                 // the theme, and a person's own colours
	ASCII    *bool                      // draw with ASCII only, or not; nil: as the terminal says of itself
	Keys     map[string]string          // a person's own keys, by command, beside the usual ones; see CheckKeys
	FPS      int                        // frames a second, 1 to 120; 0: 60
	ReadOnly bool                       // submit nothing
	Wall     bool                       // the screen for people who pass by: no keys but q and ?; it submits nothing
	Say      string                     // what to say first, such as that something is wrong with a person's settings
	Version  string                     // shown in help
	Open     func(address string) error // shows an address in a browser; nil: there is none here
	AskQuit  <-chan struct{}            // each value asks to quit, as ctrl+c does: main puts INT and TERM here

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
	if o.Wall {
		o.ReadOnly = true
	}
	if o.Actor.Via == "" {
		o.Actor.Via = "cockpit"
	}
	return o
}

// Model is the only tea.Model of gonogo. Its Update routes, and what it routes
// to decides: the guard of the keyboard which key counts, the commands and the
// open box what a key wants.
type Model struct {
	cockpit
	o       Options
	ctx     context.Context
	mailbox <-chan *model.Snapshot
	post    post
	clock   clock
	guard   keyboard.Guard

	over     overlay.Overlay // nil: none is open
	shownAt  time.Time       // when it was first drawn; zero: not yet
	held     held
	quitting bool

	profile colorprofile.Profile
	dark    bool
	ascii   bool
	view    viewCache
}

// newModel returns a model that looks at mailbox and submits to feed.
func newModel(ctx context.Context, feed Feed, mailbox <-chan *model.Snapshot, o Options) *Model {
	o = o.withDefaults()
	m := &Model{
		cockpit: cockpit{board: newBoard(o.width, o.height), now: o.Now(), who: whoOf(o.Actor), readOnly: o.ReadOnly, keys: keysOf(o.Keys)},
		o:       o, ctx: ctx, mailbox: mailbox,
		post:  post{ctx: ctx, feed: feed, actor: o.Actor, newID: o.NewID, waiting: map[model.IntentID]waiting{}},
		clock: clock{read: o.Now},
		dark:  o.Dark == nil || *o.Dark, ascii: o.ASCII != nil && *o.ASCII, profile: colorprofile.ANSI256,
	}
	m.retheme()
	if o.Say != "" {
		m.tell(overlay.Want{Say: model.Inert(o.Say), Bad: true})
	}
	return m
}

// Init starts the clock and waits for the first snapshot.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(receive(m.ctx, m.mailbox), awaitQuit(m.ctx, m.o.AskQuit), m.clock.next())
}

// Update routes a message to who handles it.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.now = m.clock.read()
	if _, pressed := msg.(tea.KeyPressMsg); !pressed {
		m.guard.Heard(m.now, msg, m.board.w, m.board.h)
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
	if m.o.Wall {
		if cmd, handled := m.passedBy(msg); handled {
			return m, cmd
		}
	}
	switch msg := msg.(type) {
	case feedEndMsg:
		m.eyes.ended = true
	case openedMsg:
		m.opened(msg)
	case ripeMsg:
		return m, m.ripe(msg)
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
		m.board.w, m.board.h = max(0, msg.Width), max(0, msg.Height)
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.retheme()
	case tea.EnvMsg:
		if m.o.ASCII == nil {
			m.ascii = asciiOnly(msg)
			m.retheme()
		}
		return m, m.findBackground(msg)
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.retheme()
	case tea.ResumeMsg:
		return m, tea.RequestWindowSize
	default:
		// What the terminal said beside, or what nobody could read: both are
		// neighbours of a key that a torn reply may have typed.
		m.beside()
	}
	return m, nil
}

// took looks at a new snapshot: what became of our intents, and of the plan.
func (m *Model) took(s *model.Snapshot) tea.Cmd {
	before := m.eyes.live
	m.eyes.take(s)
	m.view.dirty = true
	var cmds []tea.Cmd
	for _, a := range s.Answers {
		if in, ok := m.post.answered(a); ok {
			box, want := answered(m.scene(), in, a, m.over != nil && m.over.Typing())
			if box != nil {
				m.show(box)
			}
			cmds = append(cmds, m.do(want))
		}
	}
	m.follow(before)
	m.show(overlay.TooLate(m.over, m.scene()))
	m.board.clamp(m.props())
	return tea.Batch(append(cmds, m.clock.pace(s))...)
}

// follow lets the plan's box go on with what became of the plan.
func (m *Model) follow(before *model.Snapshot) {
	s := m.scene()
	said, arrived := m.plan.Follow(before, s)
	m.tell(said)
	if arrived {
		stays, said := m.plan.Arrives(m.over, s.Plan(), m.o.Actor)
		m.show(stays)
		m.tell(said)
	}
}

func (m *Model) ticked(msg tickMsg) tea.Cmd {
	if msg.chain != m.clock.chain {
		return nil
	}
	m.view.dirty = true
	m.status.expire(m.now)
	if m.over == nil {
		m.tell(m.plan.Shrink(m.scene()))
	}
	if overlay.Read(m.over, m.now) {
		m.show(nil)
	}
	for _, text := range m.post.late(m.now) {
		m.tell(overlay.Want{Say: text, Bad: true})
	}
	return m.clock.next()
}

// retheme resolves the styles anew.
func (m *Model) retheme() {
	profile := m.profile
	if m.o.NoColor {
		profile = min(profile, colorprofile.ASCII)
	}
	m.theme = theme.Make(m.o.Look, m.dark, profile)
	if m.ascii {
		m.theme = m.theme.InASCII()
	}
}

// asciiOnly reports whether the terminal says of itself that it shows no more than ASCII: by a locale
// without UTF-8, or since it is the console of a Linux without a graphical screen, whose font has no charts.
func asciiOnly(env tea.EnvMsg) bool {
	if env.Getenv("TERM") == "linux" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(env.Getenv(name)); locale != "" {
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return false
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
