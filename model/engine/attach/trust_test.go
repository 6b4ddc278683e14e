package attach

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/engine"
)

// TestWhoIsBelievedAsAnEngine: one's own user, root, and who owns what the rollout is made of;
// nobody else, and of a rollout that is not known nobody but these.
func TestWhoIsBelievedAsAnEngine(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const ana, bob, eve = 54321, 54322, 54323
	owned := func(name string, uid int) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, uid, -1); err != nil {
			t.Fatal(err)
		}
		return path
	}
	anas, roots, bobs := owned("shop.toml", ana), owned("shop.toml", 0), owned("state", bob)
	for _, c := range []struct {
		name     string
		config   string // empty: the rollout is not known
		dir      string
		ownedDir bool
		uid      int
		want     bool
	}{
		{"root", "", "", false, 0, true},
		{"one's own", "", "", false, os.Geteuid(), true},
		{"anybody, where nothing is known", "", "", false, ana, false},
		{"whose config it is", anas, "", false, ana, true},
		{"whose config it is not", anas, "", false, eve, false},
		{"whose state directory it is", anas, bobs, true, bob, true},
		{"whose neither is", anas, bobs, true, eve, false},
		{"anybody, where root's config names no directory", roots, "", false, eve, true},
		{"nobody else, where root's config names one", roots, bobs, true, eve, false},
		{"its owner, where root's config names one", roots, bobs, true, bob, true},
		{"a config that is gone", filepath.Join(t.TempDir(), "gone.toml"), "", false, ana, false},
	} {
		s := NewSeat(Options{Options: engine.Options{Dir: c.dir}, OwnedDir: c.ownedDir})
		if c.config != "" {
			s.o.Rollout = &model.Rollout{ID: "no-such-rollout", ConfigPath: c.config}
		}
		if got := s.trusts(c.uid); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
		s.named, s.o.Rollout = s.o.Rollout, nil // known by the config that was read
		if got := s.trusts(c.uid); got != c.want {
			t.Errorf("%s, by the config that was read: %t", c.name, got)
		}
	}
}

// TestWhatIsWrongWithAnEngineIsSaidWithWhoItIs: and such an engine ends a seat as a refusal, one
// that showed something stays.
func TestWhatIsWrongWithAnEngineIsSaidWithWhoItIs(t *testing.T) {
	for _, c := range []struct {
		err  error
		says []string
	}{
		{errStranger{77, 54321}, []string{"process 77 of uid 54321 holds this rollout's name", "it is not believed"}},
		{errNoHello{77, 54321}, []string{"process 77 of uid 54321 holds this rollout's name", "does not answer as an engine"}},
		{foreign("/state", 54321), []string{"/state belongs to uid 54321 (uid 54321)", "run gonogo as uid 54321"}},
	} {
		for _, text := range c.says {
			if !strings.Contains(c.err.Error(), text) {
				t.Errorf("%q does not say %q", c.err, text)
			}
		}
	}
	if !errors.Is(foreign("/state", 54321), ErrForeign) {
		t.Error("a state directory of another user's is not known as such")
	}
	stranger := errStranger{77, 54321}
	if err := stranger.unless(false); !errors.Is(err, model.ErrRefused) || !errors.As(err, &errStranger{}) {
		t.Errorf("before anything was shown: %v", err)
	}
	if err := stranger.unless(true); err != nil {
		t.Errorf("after something was shown: %v", err)
	}
	if err := error(&Elsewhere{Text: "not you"}); !errors.Is(err, model.ErrRefused) || err.Error() != "not you" {
		t.Errorf("elsewhere: %v", err)
	}
}

// TestASeatWithoutAnEngineSaysWhyItIsGivenUp: by what it may be; a screen that showed something stays.
func TestASeatWithoutAnEngineSaysWhyItIsGivenUp(t *testing.T) {
	noDir := errors.New("no state directory")
	for _, c := range []struct {
		name    string
		o       Options
		guest   bool
		visited bool
		want    string
	}{
		{"one that may be the engine", Options{}, false, false, ""},
		{"a read-only one", Options{ReadOnly: true}, false, false, "--read-only starts none: gonogo run --headless starts one"},
		{"a read-only one that showed something", Options{ReadOnly: true}, false, true, ""},
		{"a command that showed something", Options{ReadOnly: true, Options: engine.Options{Transient: true}}, false, true, "--read-only starts none"},
		{"without a state directory", Options{NoDir: noDir}, false, false, "no state directory"},
		{"a guest", Options{}, true, false, "it was another user's"},
		{"a guest that showed something", Options{}, true, true, ""},
	} {
		s := NewSeat(c.o)
		s.guest = c.guest
		err := s.alone(c.visited)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.o.ReadOnly || c.o.NoDir != nil || c.guest && c.visited {
			if _, err := s.takeIfMay(c.visited); !errors.Is(err, errOnlyAttach) {
				t.Errorf("%s is the engine: %v", c.name, err)
			}
		}
	}
}

// TestASeatWithoutAnEngineShowsWhatIsDone: who can be the engine, and why this seat never is it.
func TestASeatWithoutAnEngineShowsWhatIsDone(t *testing.T) {
	gone := errors.New("EOF")
	for _, c := range []struct {
		name  string
		o     Options
		guest bool
		user  string
		want  string
	}{
		{"one that takes over", Options{}, false, "", "the engine is gone (EOF): taking over"},
		{"a read-only one", Options{ReadOnly: true}, false, "deploy", "NO ENGINE, and this seat never is it (this view is read-only): deploy can, with gonogo run --headless"},
		{"a guest", Options{}, true, "deploy", "NO ENGINE, and this seat never is it (it is another user's): deploy can, with gonogo run --headless"},
		{"a guest of who knows whom", Options{}, true, "", "NO ENGINE, and this seat never is it (it is another user's): its user can, with gonogo run --headless"},
	} {
		c.o.Dir = t.TempDir()
		s := NewSeat(c.o)
		s.guest = c.guest
		s.feed.Publish(&model.Snapshot{Engine: model.EngineInfo{User: c.user}})
		if s.bereft(gone); s.Last().Lost != c.want {
			t.Errorf("%s: %q", c.name, s.Last().Lost)
		}
	}
}

// TestASilentEngineIsSentNothing: it would act on it whenever it wakes; nor is anything sent to a
// process that is no engine. What a read-only seat may not is refused before it is sent.
func TestASilentEngineIsSentNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*Seat)
		kind   model.IntentKind
		says   string
		refuse bool
	}{
		{"a living one", func(s *Seat) { s.ear.of(7, false, "") }, model.HoldOn, "", false},
		{"a silent one", func(s *Seat) { s.ear.of(7, false, ""); s.ear.quiet = ticks }, model.HoldOn, "not sent: the engine (pid 7) is silent since ", false},
		{"no engine", func(s *Seat) { s.ear.of(7, false, "vim"); s.ear.quiet = ticks }, model.ArmRollback, "not sent: process 7 (vim) holds ", false},
		{"one's own that gets nothing done", func(s *Seat) { s.ear.of(0, true, ""); s.ear.quiet = ticks }, model.ArmRollback, "", false},
		{"one that takes nothing", func(s *Seat) { s.ear.of(7, false, ""); s.ear.ask("a"); s.ear.deaf = ticks }, model.ArmRollback, "", false},
		{"of a read-only seat", func(s *Seat) { s.o.ReadOnly = true }, model.HoldOn, "read-only", true},
		{"of a read-only seat, a look", func(s *Seat) { s.o.ReadOnly = true }, model.Refresh, "", false},
	} {
		s := NewSeat(Options{Options: engine.Options{Dir: t.TempDir()}})
		c.set(s)
		err := s.Submit(t.Context(), model.Intent{ID: "b", Kind: c.kind})
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || errors.Is(err, model.ErrRefused) != c.refuse) {
			t.Errorf("%s: %v", c.name, err)
		}
		if sent := len(s.feed.Take(nil)) > 0; sent != (c.says == "") {
			t.Errorf("%s: sent %t", c.name, sent)
		}
	}
}

// TestSilenceIsShownWithWhatToDo: on the screen, of whomever it is.
func TestSilenceIsShownWithWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*Seat)
		want string
	}{
		{"a living one", func(s *Seat) { s.ear.of(7, false, "") }, ""},
		{"another's", func(s *Seat) { s.ear.of(7, false, ""); s.ear.quiet = ticks }, "engine (pid 7) alive, silent since 03:04:05Z: kill -CONT 7 or gonogo rollback --break-glass"},
		{"one's own", func(s *Seat) { s.ear.of(0, true, ""); s.ear.quiet = ticks }, "this engine gets nothing done since 03:04:05Z: does the disk of /state hang?"},
		{"no engine", func(s *Seat) { s.ear.of(7, false, "vim"); s.ear.quiet = ticks }, "NO ENGINE: process 7 (vim) holds /state and is none: end it, and this seat goes on"},
		{"one that takes nothing, which says so itself", func(s *Seat) { s.ear.of(7, false, ""); s.ear.ask("a"); s.ear.deaf = ticks }, ""},
	} {
		s := NewSeat(Options{Options: engine.Options{Dir: "/state"}})
		s.feed.Publish(&model.Snapshot{})
		c.set(s)
		s.ear.since = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		if s.quiet(); s.Last().Lost != c.want {
			t.Errorf("%s: %q", c.name, s.Last().Lost)
		}
	}
}
