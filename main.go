// Command gonogo is a terminal cockpit for gradual rollouts: one TOML file
// describes a rollout; the cockpit shows its phases, readings, gate, checklist
// and flags, moves it forward on evidence, and takes it back with one key.
//
// This file puts the parts together: subcommands, wiring, signals.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"time"
	_ "time/tzdata" // closed times are told by the clocks of a place, also where the machine knows none

	"github.com/charmbracelet/x/term"
	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"gonogo/actions"
	"gonogo/examples/demo"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/model/engine"
	"gonogo/model/engine/attach"
	"gonogo/model/engine/history"
	"gonogo/model/journal"
	"gonogo/sources"
	"gonogo/ui"
	"gonogo/ui/headless"
)

func main() { os.Exit(run()) }

func run() int { return runWith(ui.Run) }

// runWith runs gonogo with show as its screen.
func runWith(show func(context.Context, ui.Feed, ui.Options) error) int {
	signals := headless.Catch()
	defer signals.Stop()
	a := &app{signals: signals, actor: attach.Self(), show: show}
	a.world = &headless.World{
		Open: a.openOnce, BreakGlass: attach.BreakGlass, Actor: a.actor, NewID: newID, Journal: readJournal, Again: signals.Again,
		Past: openPast, Remembered: a.remembered, WriteFile: writeFile, Now: time.Now,
		In: os.Stdin, Out: headless.Inert(os.Stdout), Err: headless.Inert(os.Stderr), Ask: term.IsTerminal(os.Stdin.Fd()),
	}
	a.world.Actor.Via = "command"
	a.find = &attach.Finder{
		Kinds: kinds(), Build: buildParts, Preview: actions.Preview,
		Actor: a.actor, Version: version(), Warn: a.warn, Report: a.world.MakeReport,
	}
	root := a.commands()
	err := root.ExecuteContext(signals.First)
	if err != nil && !a.began { // cobra refused the command line
		err = headless.Exit{Status: headless.ExitUsage, Err: fmt.Errorf("%w; see gonogo --help", err)}
	}
	if unusable := (*attach.NoConfig)(nil); errors.As(err, &unusable) {
		err = headless.Exit{Status: headless.ExitUsage, Err: err}
	}
	status := headless.Status(err)
	if err != nil && !saidAlready(err) {
		_, _ = fmt.Fprintf(a.world.Err, "gonogo: %v\n", err)
	}
	return status
}

func saidAlready(err error) bool {
	var exit headless.Exit
	return errors.As(err, &exit) && exit.Err == nil
}

// app is what the subcommands share.
type app struct {
	config   string // --config
	readOnly bool   // --read-only
	wall     bool   // --wall
	theme    string // --theme
	ascii    string // --ascii; empty: as the terminal is
	began    bool   // the command line was right, and its command runs
	actor    model.Actor
	signals  *headless.Signals
	show     func(context.Context, ui.Feed, ui.Options) error
	world    *headless.World
	find     *attach.Finder
}

// belowZero finds a flag that is a number, or begins with one.
var belowZero = regexp.MustCompile(`unknown shorthand flag: '[0-9.]'`)

func (a *app) commands() *cobra.Command {
	root := &cobra.Command{
		Use:   "gonogo",
		Short: "A terminal cockpit for gradual rollouts",
		Long: "gonogo shows a rollout on one screen, from one TOML file: phases, readings, a gate that says GO only on\n" +
			"fresh evidence, a checklist and flags; it moves forward on evidence and takes everything back with one key.\n\n" +
			"To see it work:  gonogo demo\nTo begin:        copy config.toml.example to config.toml, then  gonogo check  and  gonogo",
		Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true, Version: version(),
	}
	root.PersistentFlags().StringVarP(&a.config, "config", "c", "", "the rollout's config (default ./config.toml, then $XDG_CONFIG_HOME/gonogo/config.toml)")
	root.PersistentFlags().BoolVar(&a.readOnly, "read-only", false, "only look: the engine takes nothing from here, and none is started")
	runCmd := a.cmdRun()
	root.Flags().AddFlagSet(runCmd.Flags())
	root.RunE = runCmd.RunE
	root.AddCommand(runCmd, a.cmdDemo(), a.cmdCheck(), &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { fmt.Println("gonogo", version()) },
	})
	root.AddCommand(a.world.Commands(&a.config)...)
	root.AddCommand(demoParts()...)
	a.noting(root)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if belowZero.MatchString(err.Error()) { // a value that looks like a flag
			return fmt.Errorf("%w; a value below zero goes behind --, as in: %s -- … -1%%", err, c.CommandPath())
		}
		return err
	})
	return root
}

// noting has c and all below it note that they began: what fails before is a wrong command line.
func (a *app) noting(c *cobra.Command) {
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			a.began = true
			return run(c, args)
		}
	}
	for _, sub := range c.Commands() {
		a.noting(sub)
	}
}

func (a *app) cmdRun() *cobra.Command {
	var alone, wall bool
	c := &cobra.Command{
		Use: "run", Short: "Open the cockpit (the same as gonogo alone)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if wall && alone {
				return headless.Exit{Status: headless.ExitUsage, Err: errors.New("--wall is a screen and --headless has none: give one of them")}
			}
			a.wall = wall
			a.readOnly = a.readOnly || wall
			seat, err := a.open(a.config)
			if err != nil {
				return err
			}
			if alone {
				go a.interrupt(seat)
				return a.world.Stay(cmd.Context(), seat, version())
			}
			return a.cockpit(cmd.Context(), seat)
		},
	}
	a.lookFlags(c)
	c.Flags().BoolVar(&wall, "wall", false, "a read-only screen to be read from far away; q quits")
	c.Flags().BoolVar(&alone, "headless", false, "run the engine without a screen; cockpits and commands attach to it")
	return c
}

// cockpit shows the screen over a seat. When the screen goes, a plan that runs
// does not: the seat is kept until it has ended.
func (a *app) cockpit(ctx context.Context, seat *attach.Seat) error {
	if !term.IsTerminal(os.Stdout.Fd()) || !term.IsTerminal(os.Stdin.Fd()) {
		return headless.Exit{Status: headless.ExitUsage, Err: errors.New("the cockpit needs a terminal; without one use gonogo run --headless, status or gate")}
	}
	look, trouble, err := a.looks()
	if err != nil {
		return headless.Exit{Status: headless.ExitUsage, Err: err}
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := make(chan error, 1)
	view, closeView := context.WithCancel(ctx)
	go func() {
		ended <- seat.Run(work)
		closeView()
	}()
	if err := headless.Answers(seat, ended); err != nil {
		return err
	}
	actor := a.actor
	actor.Via = "cockpit"
	a.signals.AskFirst()
	err = a.show(view, seat, ui.Options{
		Actor: actor, NewID: newID, Version: version(), FPS: 120, ReadOnly: a.readOnly, Wall: a.wall, AskQuit: a.signals.Ask, Open: browser(),
		Look: look.Look, ASCII: look.ASCII, Keys: look.Keys, Say: trouble,
	})
	stop()
	go a.interrupt(seat)
	if s := seat.Last(); s != nil && seat.Leads() && s.State.ActivePlan() != nil {
		fmt.Fprintf(os.Stderr, "gonogo: %q goes on; waiting for its end (INT or TERM ends it at its next step)\n", model.Inert(s.State.ActivePlan().Plan.Title))
	}
	return errors.Join(<-ended, ignoreCancelled(err))
}

// interrupt ends a running plan at its next step when asked a second time.
func (a *app) interrupt(seat *attach.Seat) {
	<-a.signals.Again.Done()
	seat.Interrupt()
}

func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (a *app) cmdDemo() *cobra.Command {
	var dir string
	var script bool
	c := &cobra.Command{
		Use: "demo", Short: "Open the cockpit over a small service that comes with it", Args: cobra.NoArgs,
		Long: "A real process, a real .env, real /metrics and real restarts, with nothing to install and nothing left behind.\n" +
			"Press a to advance through the phases. At 50% the service misbehaves on purpose: watch the gate, then press !",
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := demo.Start(cmd.Context(), demo.Options{Dir: dir})
			if err != nil {
				return err
			}
			seat, err := a.open(d.ConfigPath())
			if err == nil {
				ctx, end := context.WithCancel(cmd.Context())
				if script {
					go func() {
						defer end()
						if err := demo.Script(ctx, seat, a.actor); err != nil && ctx.Err() == nil {
							a.warn(err.Error())
						}
					}()
				}
				err = a.cockpit(ctx, seat)
				end()
			}
			return errors.Join(err, d.Stop())
		},
	}
	a.lookFlags(c)
	c.Flags().BoolVar(&script, "script", false, "play the whole flight by itself, as for a recording; it ends by itself after some four minutes")
	c.Flags().StringVar(&dir, "dir", "", "keep the demo's files in this directory (default: a temporary one, removed at the end)")
	return c
}

// demoParts are the processes that the demo consists of; it starts them itself.
func demoParts() []*cobra.Command {
	part := func(name string, f func(ctx context.Context, args []string) error) *cobra.Command {
		return &cobra.Command{Use: name, Hidden: true, DisableFlagParsing: true, RunE: func(cmd *cobra.Command, args []string) error {
			return f(cmd.Context(), args)
		}}
	}
	return []*cobra.Command{
		part("demo-service", func(ctx context.Context, args []string) error { return demo.Supervise(ctx, args, os.Stdin, os.Stdout) }),
		part("demo-worker", demo.Work),
		part("demo-restart", demo.Restart),
	}
}

func (a *app) cmdCheck() *cobra.Command {
	var live bool
	c := &cobra.Command{
		Use: "check", Short: "Lint the config; with --live ask every source and flag once, changing nothing", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.find.Load(a.config)
			if err != nil {
				return err
			}
			for _, w := range cfg.Warnings {
				_, _ = fmt.Fprintf(a.world.Out, "warning: %v\n", w)
			}
			if len(cfg.Refused) > 0 {
				return headless.Exit{Status: headless.ExitUsage, Err: cfg.Refused}
			}
			var mistakes []error
			for _, missing := range buildParts(cfg, os.TempDir()).Missing {
				if errors.Is(missing, model.ErrMistake) {
					mistakes = append(mistakes, missing)
					continue
				}
				_, _ = fmt.Fprintf(a.world.Out, "warning: %v; here it cannot be used\n", missing)
			}
			if len(mistakes) > 0 {
				return headless.Exit{Status: headless.ExitUsage, Err: errors.Join(mistakes...)}
			}
			for _, text := range strangers(&cfg.Rollout, user.Lookup) {
				_, _ = fmt.Fprintf(a.world.Out, "warning: %s\n", text)
			}
			if live {
				return a.checkLive(cmd.Context(), cfg)
			}
			_, _ = fmt.Fprintf(a.world.Out, "%s: %d phases, %d metrics, %d flags, %d rollbacks: no errors, %d warnings\n",
				cfg.Rollout.ConfigPath, len(cfg.Rollout.Phases), len(cfg.Rollout.Metrics), len(cfg.Rollout.Flags), len(cfg.Rollout.Rollbacks), len(cfg.Warnings))
			return nil
		},
	}
	c.Flags().BoolVar(&live, "live", false, "ask every source once, observe every flag, and see that actions could run")
	return c
}

// strangers says of each title that a phase waits for and that nobody has whom this host knows: nobody could sign.
func strangers(r *model.Rollout, lookup func(string) (*user.User, error)) []string {
	var out []string
	for i := range r.Phases {
		p := &r.Phases[i]
		for _, title := range p.Approve {
			known := func(who model.Person) bool { _, err := lookup(who.Unix); return err == nil }
			if all := r.Access.With(title); len(all) > 0 && !slices.ContainsFunc(all, known) {
				out = append(out, model.Inert(fmt.Sprintf("phase.%s.approve: nobody with the title %q has a user on this host, so nobody can sign here: see unix in [access] people", p.ID, title)))
			}
		}
	}
	return out
}

// checkLive runs an engine in a state directory of its own that is thrown
// away: asking must not write into the rollout's journal.
func (a *app) checkLive(ctx context.Context, cfg *config.Config) error {
	dir, err := os.MkdirTemp("", "gonogo-check-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o := attach.Options{Options: a.find.Options(cfg, dir), Apart: true}
	o.Transient = true
	asked := cfg.Rollout
	asked.Anchor = "" // nor its sums to the anchor
	o.Rollout = &asked
	parts := buildParts(cfg, dir)
	if err := errors.Join(parts.Missing...); err != nil {
		return headless.Exit{Status: headless.ExitUsage, Err: err}
	}
	return a.world.CheckLive(ctx, &cfg.Rollout, attach.NewSeat(o), func() []error {
		errs := engine.Try(ctx, parts)
		if anchor := cfg.Rollout.Anchor; anchor != "" {
			if err := journal.TryAnchor(anchor); err != nil {
				errs = append(errs, err)
			}
		}
		return errs
	})
}

// openOnce is open for a command, which looks and goes.
func (a *app) openOnce(path string, use headless.Use) (headless.Opened, error) {
	found, err := a.find.Find(path, use == headless.WayDown || use == headless.LookDown)
	if !found.Seats {
		where, _ := config.Where(path)
		if place, known := attach.LastPlace(where, false); known && use == headless.Read { // the journal needs no config
			return headless.Opened{Dir: place.Dir, Trouble: err}, nil
		}
		return headless.Opened{}, err
	}
	if use == headless.Read {
		if found.Dir == "" {
			return headless.Opened{}, found.NoDir
		}
		return headless.Opened{Dir: found.Dir, Rollout: found.Rollout, Trouble: err}, nil
	}
	found.Transient, found.ReadOnly = true, a.readOnly
	return headless.Opened{Seat: attach.NewSeat(found.Options), Dir: found.Dir, Rollout: found.Rollout, Trouble: err}, nil
}

// open returns a seat at the engine of the config at path, which stays.
func (a *app) open(path string) (*attach.Seat, error) {
	found, err := a.find.Find(path, false)
	if !found.Seats {
		return nil, err
	}
	if err != nil {
		a.warn(err.Error())
	}
	found.ReadOnly = a.readOnly
	return attach.NewSeat(found.Options), nil
}

func (a *app) warn(text string) { _, _ = fmt.Fprintf(a.world.Err, "gonogo: warning: %s\n", text) }

func kinds() config.Kinds {
	return config.Kinds{Sources: sources.Builders(), Actions: actions.Builders()}
}

// buildParts makes everything that the config names. What cannot be made, such as
// for want of a secret, fails by itself when it is used.
func buildParts(cfg *config.Config, dir string) model.Parts {
	p := model.Parts{Identity: actions.Identity(cfg.Rollout.Environment.Identity)}
	sources.Build(cfg, dir, &p)
	actions.Build(cfg, &p)
	return p
}

func readJournal(dir, anchor string, each func(model.Record) error) (headless.JournalReport, error) {
	report, err := journal.ReadAnchored(filepath.Join(dir, journal.Name), anchor, each)
	out := headless.JournalReport{
		Records: report.Records, LastSeq: report.Seq, LastSum: string(report.Sum), Torn: report.Torn > 0,
		Anchor: anchor, Anchored: report.Anchored, AnchoredSeq: report.AnchorSeq,
	}
	if report.Records == 0 && report.Problem == nil && err == nil && engine.Ran(dir) {
		out.Problem, out.Kind = "the journal is gone or empty, though a config ran here", "gone"
	}
	if p := report.Problem; p != nil {
		out.Problem, out.Kind, out.Line = p.Error(), string(p.Kind), p.Line
	}
	return out, err
}

// remembered returns the sources of the config at path; they are not run.
func (a *app) remembered(path string) (*model.Rollout, map[string]model.Source, error) {
	cfg, err := a.find.Load(path)
	if err != nil {
		return nil, nil, err
	}
	parts := buildParts(cfg, cfg.StateDir)
	out := map[string]model.Source{}
	for id, built := range parts.Sources {
		out[id] = built.Source
	}
	return &cfg.Rollout, out, nil
}

func openPast(dir string, rollout *model.Rollout, from, to time.Time) (headless.Past, error) {
	past, err := history.OpenPast(dir, rollout, from, to)
	if err != nil {
		return nil, err
	}
	return past, nil
}

func writeFile(path string, data []byte) error { return renameio.WriteFile(path, data, 0o600) }

func newID() model.IntentID { return model.IntentID(rand.Text()) }

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
