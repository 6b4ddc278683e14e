// Command gonogo is a terminal cockpit for gradual rollouts: one TOML file
// describes a rollout; the cockpit shows its phases, readings, gate, checklist
// and flags, moves it forward on evidence, and takes it back with one key.
//
// This file puts the parts together: subcommands, wiring, signals.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"gonogo/actions"
	"gonogo/examples/demo"
	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/model/engine"
	"gonogo/model/engine/attach"
	"gonogo/model/journal"
	"gonogo/model/words"
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
		In: os.Stdin, Out: headless.Inert(os.Stdout), Err: headless.Inert(os.Stderr), Ask: term.IsTerminal(os.Stdin.Fd()),
	}
	a.world.Actor.Via = "command"
	root := a.commands()
	err := root.ExecuteContext(signals.First)
	if err != nil && !a.began { // cobra refused the command line
		err = headless.Exit{Status: headless.ExitUsage, Err: fmt.Errorf("%w; see gonogo --help", err)}
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
	began    bool   // the command line was right, and its command runs
	actor    model.Actor
	signals  *headless.Signals
	show     func(context.Context, ui.Feed, ui.Options) error
	world    *headless.World
}

func (a *app) commands() *cobra.Command {
	root := &cobra.Command{
		Use:   "gonogo",
		Short: "A terminal cockpit for gradual rollouts",
		Long: "gonogo shows a rollout on one screen, from one TOML file: phases, readings, a gate that says GO only on\n" +
			"fresh evidence, a checklist and flags; it moves forward on evidence and takes everything back with one key.\n\n" +
			"To see it work:  gonogo demo\nTo begin:        copy config.toml.example to config.toml, then  gonogo check  and  gonogo",
		Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true, Version: version(),
		PersistentPreRun: func(*cobra.Command, []string) { a.began = true },
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
	return root
}

func (a *app) cmdRun() *cobra.Command {
	var alone bool
	c := &cobra.Command{
		Use: "run", Short: "Open the cockpit (the same as gonogo alone)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			seat, err := a.open(a.config)
			if err != nil {
				return err
			}
			if alone {
				return a.headless(cmd.Context(), seat)
			}
			return a.cockpit(cmd.Context(), seat)
		},
	}
	c.Flags().BoolVar(&alone, "headless", false, "run the engine without a screen; cockpits and commands attach to it")
	return c
}

// cockpit shows the screen over a seat. When the screen goes, a plan that runs
// does not: the seat is kept until it has ended.
func (a *app) cockpit(ctx context.Context, seat *attach.Seat) error {
	if !term.IsTerminal(os.Stdout.Fd()) || !term.IsTerminal(os.Stdin.Fd()) {
		return headless.Exit{Status: headless.ExitUsage, Err: errors.New("the cockpit needs a terminal; without one use gonogo run --headless, status or gate")}
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ended := make(chan error, 1)
	view, closeView := context.WithCancel(ctx)
	go func() {
		ended <- seat.Run(work)
		closeView()
	}()
	if err := answers(seat, ended); err != nil {
		return err
	}
	actor := a.actor
	actor.Via = "cockpit"
	a.signals.AskFirst()
	err := a.show(view, seat, ui.Options{Actor: actor, NewID: newID, Version: version(), FPS: 120, ReadOnly: a.readOnly, AskQuit: a.signals.Ask})
	stop()
	go a.interrupt(seat)
	if s := seat.Last(); s != nil && seat.Leads() && s.State.ActivePlan() != nil {
		fmt.Fprintf(os.Stderr, "gonogo: %q goes on; waiting for its end (INT or TERM ends it at its next step)\n", model.Inert(s.State.ActivePlan().Plan.Title))
	}
	return errors.Join(<-ended, ignoreCancelled(err))
}

// answers waits for the seat's first snapshot. The error says that its engine
// is alive and silent, or why there is none.
func answers(seat *attach.Seat, ended chan error) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-seat.Ready():
			return nil
		case err := <-ended:
			ended <- err
			return err
		case <-tick.C:
			if is, silent := seat.Silent(); silent {
				return headless.NewSilent(is, headless.Look)
			}
		}
	}
}

// headless runs the engine and prints each fact as it comes.
func (a *app) headless(ctx context.Context, seat *attach.Seat) error {
	box, done := seat.Subscribe()
	defer done()
	ended := make(chan error, 1)
	go func() { ended <- seat.Run(ctx) }()
	go a.interrupt(seat)
	if err := answers(seat, ended); err != nil {
		return err
	}
	var told uint64
	greeted := false
	var warned [2]string
	for s := range box {
		for i, now := range [2]string{s.Lost, s.ConfigTrouble} {
			if now != "" && now != warned[i] {
				fmt.Fprintf(os.Stderr, "gonogo: warning: %s\n", now)
			}
			warned[i] = now
		}
		if !greeted {
			greeted, told = true, s.Seq
			what := "engine of"
			if s.Attached {
				what = "another engine runs; standing by for"
			}
			_, _ = fmt.Fprintf(a.world.Out, "%s gonogo %s: %s %s\n", s.At.UTC().Format(time.RFC3339), version(), what, model.Inert(s.Rollout.ID))
		}
		for _, r := range s.Tail {
			if r.Seq > told {
				told = r.Seq
				if _, quiet := r.Event.(model.Progress); !quiet {
					_, _ = fmt.Fprintf(a.world.Out, "%s %s\n", r.At.UTC().Format(time.RFC3339), words.Describe(r))
				}
			}
		}
	}
	return <-ended
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
				err = a.cockpit(cmd.Context(), seat)
			}
			return errors.Join(err, d.Stop())
		},
	}
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
			cfg, err := a.load(a.config)
			if err != nil {
				return err
			}
			for _, w := range cfg.Warnings {
				_, _ = fmt.Fprintf(a.world.Out, "warning: %v\n", w)
			}
			if len(cfg.Refused) > 0 {
				return headless.Exit{Status: headless.ExitUsage, Err: cfg.Refused}
			}
			for _, missing := range buildParts(cfg, os.TempDir()).Missing {
				fmt.Printf("warning: %v; here it cannot be used\n", missing)
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

// checkLive runs an engine in a state directory of its own that is thrown
// away: asking must not write into the rollout's journal.
func (a *app) checkLive(ctx context.Context, cfg *config.Config) error {
	dir, err := os.MkdirTemp("", "gonogo-check-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o := attach.Options{Options: a.options(cfg, dir), Apart: true}
	o.Transient = true
	asked := cfg.Rollout
	asked.Anchor = "" // nor its sums to the anchor
	o.Rollout = &asked
	parts := buildParts(cfg, dir)
	if err := errors.Join(parts.Missing...); err != nil {
		return headless.Exit{Status: headless.ExitUsage, Err: err}
	}
	return a.world.CheckLive(ctx, &cfg.Rollout, attach.NewSeat(o), func() []error {
		errs := tryParts(ctx, parts)
		if anchor := cfg.Rollout.Anchor; anchor != "" {
			if err := journal.TryAnchor(anchor); err != nil {
				errs = append(errs, err)
			}
		}
		return errs
	})
}

// tryParts reads what an engine reads only when a plan runs.
func tryParts(ctx context.Context, parts model.Parts) []error {
	var errs []error
	try := func(what, id string, r model.Reader) {
		timed, done := context.WithTimeout(ctx, 5*time.Second)
		defer done()
		if _, err := r.Read(timed); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", what, id, err))
		}
	}
	for id, r := range parts.Seen {
		try("action", string(id)+".seen", r)
	}
	for id, w := range parts.Witnesses {
		timed, done := context.WithTimeout(ctx, 5*time.Second)
		if _, err := w.Mark(timed); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", id, err))
		}
		done()
	}
	for id, act := range parts.Actions {
		if c, ok := act.(model.Checker); ok {
			if err := c.Check(); err != nil {
				errs = append(errs, fmt.Errorf("action %s: %w", id, err))
			}
		}
	}
	return errs
}

func kinds() config.Kinds {
	return config.Kinds{Sources: sources.Builders(), Actions: actions.Builders()}
}

// load finds and reads the config.
func (a *app) load(path string) (*config.Config, error) {
	path = configPath(path)
	named := a.config != "" || path != defaultConfig()
	cfg, err := config.Load(path, kinds())
	if err != nil {
		return nil, headless.Exit{Status: headless.ExitUsage, Err: err}
	}
	doubts, err := cfg.Trust(named, os.Geteuid())
	if err != nil {
		return nil, headless.Exit{Status: headless.ExitUsage, Err: err}
	}
	for _, doubt := range doubts {
		_, _ = fmt.Fprintf(a.world.Err, "gonogo: warning: %s\n", doubt)
	}
	return cfg, nil
}

// configPath returns the path of the config that is asked for, or that of the usual one.
func configPath(path string) string {
	if path == "" {
		return defaultConfig()
	}
	return path
}

func defaultConfig() string {
	const here = "config.toml"
	if _, err := os.Stat(here); err == nil {
		return here
	}
	if dir, err := os.UserConfigDir(); err == nil {
		if path := filepath.Join(dir, "gonogo", here); exists(path) {
			return path
		}
	}
	return here
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// openOnce is open for a command, which looks and goes.
func (a *app) openOnce(path string, use headless.Use) (headless.Opened, error) {
	path = configPath(path)
	o, dir, err := a.find(path, use == headless.WayDown || use == headless.LookDown)
	trouble := err
	if o.Reload == nil && use == headless.Read {
		if place, known := attach.LastPlace(path, false); known { // the journal needs no config
			return headless.Opened{Dir: place.Dir, Trouble: err}, nil
		}
	}
	switch {
	case o.Reload == nil:
		return headless.Opened{}, err
	case use == headless.Read && dir == "":
		return headless.Opened{}, o.NoDir
	case use == headless.Read:
		return headless.Opened{Dir: dir, Rollout: o.Rollout, Trouble: trouble}, nil
	}
	o.Transient, o.ReadOnly = true, a.readOnly
	return headless.Opened{Seat: attach.NewSeat(o), Dir: dir, Rollout: o.Rollout, Trouble: trouble}, nil
}

// open returns a seat at the engine of the config at path, which stays.
func (a *app) open(path string) (*attach.Seat, error) {
	o, _, err := a.find(configPath(path), false)
	if o.Reload == nil {
		return nil, err
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "gonogo: warning: %v\n", err)
	}
	o.ReadOnly = a.readOnly
	return attach.NewSeat(o), nil
}

// find returns the options for a seat at the engine of the config at path, and its
// state directory. A living engine is found before any file is parsed; then
// the error says what is wrong with the file and is only a warning, as it is for a
// way down, which goes by the last config that ran. Without options the error stands.
func (a *app) find(path string, down bool) (attach.Options, string, error) {
	cfg, err := a.load(path)
	place, known := attach.LastPlace(path, err == nil)
	if known && attach.Alive(place.Dir) {
		o := attach.Options{Options: engine.Options{Dir: place.Dir, Down: down}}
		if err == nil {
			if keepsIn(cfg, place.Dir) {
				o = a.place(cfg, place.Dir)
				o.Down = down // that engine may end before it takes anything
				return o, place.Dir, nil
			}
			err = fmt.Errorf("%s is now of the rollout %q or keeps its state elsewhere, and the engine of %q still runs in %s: end it to begin the other",
				path, cfg.Rollout.ID, place.ID, place.Dir)
		}
		o.Reload = a.reload(path, place.Dir)
		return o, place.Dir, err
	}
	if err == nil {
		dir, trouble, err := attach.StateDirDown(cfg.StateDir, cfg.Rollout.ID)
		o := a.place(cfg, dir)
		if err == nil && !down {
			err = trouble
		}
		o.Down, o.NoDir = down, err // it can attach to another user's engine still
		if err == nil && trouble != nil {
			fmt.Fprintf(os.Stderr, "gonogo: warning: %v; the rollback goes on\n", trouble)
			o.DirTrouble = trouble.Error()
		}
		return o, dir, nil
	}
	if known && down {
		if _, err2 := engine.LastGood(place.Dir); err2 != nil {
			return attach.Options{}, "", errors.Join(err, headless.Exit{Status: headless.ExitUsage, Err: err2})
		}
		return attach.Options{Options: engine.Options{Dir: place.Dir, Down: true, Reload: a.reload(path, place.Dir)}}, place.Dir, err
	}
	return attach.Options{}, "", err
}

// reload returns what loads the config at path anew, for the engine in dir.
func (a *app) reload(path, dir string) func(bool) (engine.Options, error) {
	return func(orLast bool) (engine.Options, error) {
		cfg, err := config.Load(path, kinds())
		if err == nil {
			if keepsIn(cfg, dir) {
				return a.options(cfg, dir), nil
			}
			if !orLast { // whoever asked says what must not change
				where, err := attach.StateDir(cfg.StateDir, cfg.Rollout.ID)
				return a.options(cfg, where), err
			}
			err = fmt.Errorf("%s is now of the rollout %q or keeps its state elsewhere", path, cfg.Rollout.ID)
		}
		if !orLast {
			return engine.Options{}, err
		}
		last, err2 := engine.LastGood(dir)
		if err2 != nil {
			return engine.Options{}, headless.Exit{Status: headless.ExitUsage, Err: errors.Join(err, err2)}
		}
		if cfg, err2 = config.ParseKept(last.Path, last.Data, last.Files, kinds()); err2 != nil {
			return engine.Options{}, headless.Exit{Status: headless.ExitUsage, Err: errors.Join(err, err2)}
		}
		o := a.options(cfg, dir)
		o.Text.At = last.At
		o.Trouble = fmt.Sprintf("%v; this engine runs the last config that ran instead, of %s, %.12s", err, last.At.UTC().Format("2006-01-02 15:04:05Z"), last.Hash)
		return o, nil
	}
}

// keepsIn reports whether the config's state is in dir: where it names no directory, in
// whatever environment that was chosen.
func keepsIn(cfg *config.Config, dir string) bool {
	if cfg.StateDir == "" {
		return filepath.Base(dir) == cfg.Rollout.ID && filepath.Base(filepath.Dir(dir)) == "gonogo"
	}
	where, _, err := attach.StateDirDown(cfg.StateDir, cfg.Rollout.ID)
	return err == nil && where == dir
}

// place returns the options for a seat at cfg's engine in dir.
func (a *app) place(cfg *config.Config, dir string) attach.Options {
	return attach.Options{Options: a.options(cfg, dir), OwnedDir: cfg.StateDir != ""}
}

func (a *app) options(cfg *config.Config, dir string) engine.Options {
	for i := range cfg.Rollout.Actions {
		spec := &cfg.Rollout.Actions[i]
		spec.Preview = actions.Preview(cfg.Actions[spec.ID])
	}
	by := a.actor
	by.Name, by.Via = "gonogo", model.ViaEngine
	r := &cfg.Rollout
	return engine.Options{
		Rollout: r, Dir: dir, Actor: by, Now: time.Now, Version: version(),
		Build:      func() (model.Parts, error) { return buildParts(cfg, dir), nil },
		ConfigHash: func() (string, error) { return fileHash(r.ConfigPath) },
		Text:       engine.Text{Path: r.ConfigPath, Hash: r.ConfigHash, At: time.Now().UTC(), Data: cfg.Text, Files: cfg.Files},
		Reload:     a.reload(r.ConfigPath, dir),
		SystemLog:  engine.SystemLog,
	}
}

func fileHash(path string) (string, error) {
	data, err := safefile.Read(path, safefile.Limits{Size: 2 << 20})
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:]), nil
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
	if p := report.Problem; p != nil {
		out.Problem, out.Kind, out.Line = p.Error(), string(p.Kind), p.Line
	}
	return out, err
}

func newID() model.IntentID { return model.IntentID(rand.Text()) }

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
