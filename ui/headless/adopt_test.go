package headless

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"gonogo/model"
)

const (
	oldConfig = "0123456789abcdef0123456789abcdef"
	newConfig = "fedcba9876543210fedcba9876543210"
)

// changed returns a desk whose config was changed on disk; the engine sees that when it looks,
// and begins anew with it, one snapshot late, when it is adopted.
func changed(changes ...string) *desk {
	d := newDesk()
	d.s.Rollout.ConfigPath, d.s.Rollout.ConfigHash, d.s.State.ConfigHash = "shop.toml", oldConfig, oldConfig
	d.then = map[model.IntentKind]func(model.Intent){
		model.LookConfig: func(model.Intent) { d.s.ConfigChanged, d.s.ConfigChanges = newConfig, changes },
		model.Adopt: func(in model.Intent) {
			d.publish()
			go func() {
				d.mu.Lock()
				defer d.mu.Unlock()
				r := *d.s.Rollout
				r.ConfigHash = in.Reason
				d.s.Rollout = &r
				d.publish()
			}()
		},
	}
	return d
}

// TestAChangedConfigIsShownBeforeItIsAdopted: what it changes, and by which hash; only that
// hash is adopted, and only by who confirms it.
func TestAChangedConfigIsShownBeforeItIsAdopted(t *testing.T) {
	const head = "shop.toml: fedcba987654 instead of 0123456789ab changes\n"
	for _, c := range []struct {
		name, typed string
		args        []string
		critical    bool
		status      int
		adopts      bool
		says        string // on stderr
	}{
		{"with --yes", "", []string{"--yes"}, false, ExitOK, true, ""},
		{"by a person", "yes\n", nil, false, ExitOK, true, `Type "yes" to do this: `},
		{"by a person of a critical environment", "test\n", nil, true, ExitOK, true, `Type "test" to do this: `},
		{"a yes does not do there", "yes\n", nil, true, ExitCancelled, false, "not confirmed: nothing was done"},
		{"a no", "no\n", nil, false, ExitCancelled, false, "not confirmed: nothing was done"},
		{"nobody there", "", nil, false, ExitUsage, false, "add --yes"},
		{"dry", "", []string{"--dry-run"}, false, ExitOK, false, ""},
		{"dry, whatever else", "", []string{"--dry-run", "--yes"}, false, ExitOK, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := changed("metric error: target < 1% → < 2%", "flag real: gone")
			d.s.Rollout.Environment.Critical = c.critical
			out, errs, status := d.says(t, c.typed, append([]string{"adopt"}, c.args...)...)
			want := head + "  metric error: target < 1% → < 2%\n  flag real: gone\n"
			if c.adopts {
				want += "adopted fedcba987654\n"
			}
			if status != c.status || out != want || !strings.Contains(errs, c.says) {
				t.Errorf("status %d, wanted %d\n%s%s", status, c.status, out, errs)
			}
			if got := slices.Contains(d.kinds(), model.Adopt); got != c.adopts || d.kinds()[0] != model.LookConfig {
				t.Errorf("asked %v", d.kinds())
			}
			if c.adopts && d.asked[1].Reason != newConfig {
				t.Errorf("adopts %q", d.asked[1].Reason)
			}
		})
	}
}

// TestAConfigThatChangesNoKeySaysSo: rather than nothing.
func TestAConfigThatChangesNoKeySaysSo(t *testing.T) {
	d := changed()
	out, _, status := d.says(t, "", "adopt", "--dry-run")
	if status != ExitOK || !strings.Contains(out, "  no key (comments, order or spelling only), or the older text is not kept\n") {
		t.Errorf("status %d: %s", status, out)
	}
}

// TestWhatAdoptingChangesIsOneJSONObject: also where it is then adopted.
func TestWhatAdoptingChangesIsOneJSONObject(t *testing.T) {
	for _, dry := range []bool{true, false} {
		d, args := changed("flag real: gone"), []string{"adopt", "--json", "--yes"}
		if dry {
			args = append(args, "--dry-run")
		}
		out, errs, status := d.says(t, "", args...)
		var got struct {
			Config  string   `json:"config"`
			Changes []string `json:"changes"`
			Dry     bool     `json:"dry_run"`
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitOK || errs != "" {
			t.Fatalf("status %d, %v: %s%s", status, err, out, errs)
		}
		if got.Config != newConfig || !slices.Equal(got.Changes, []string{"flag real: gone"}) || got.Dry != dry {
			t.Errorf("%+v", got)
		}
		if slices.Contains(d.kinds(), model.Adopt) == dry {
			t.Errorf("dry %t: asked %v", dry, d.kinds())
		}
	}
}

// TestWhatIsNotAdoptedIsNotSaidToBe: a config that did not change, one that does not load, and
// one that the engine refuses.
func TestWhatIsNotAdoptedIsNotSaidToBe(t *testing.T) {
	same := newDesk()
	noLoad := changed("flag real: gone")
	noLoad.refuses = errors.New("shop.toml:3: unknown key")
	refused := changed("rollout.id: shop → shed")
	look := refused.then[model.LookConfig]
	refused.then[model.LookConfig] = func(in model.Intent) {
		look(in)
		refused.then[model.LookConfig] = nil
	}
	refused.then[model.Adopt] = func(in model.Intent) {
		refused.s.Answers = append(refused.s.Answers, model.Answer{Intent: in.ID, Err: "rollout.id cannot change", Refused: true})
	}
	for _, c := range []struct {
		name string
		d    *desk
		says string
		asks []model.IntentKind
	}{
		{"unchanged", same, "the config did not change", []model.IntentKind{model.LookConfig}},
		{"one that does not load", noLoad, "shop.toml:3: unknown key", []model.IntentKind{model.LookConfig}},
		{"one that is refused", refused, "rollout.id cannot change", []model.IntentKind{model.LookConfig, model.Adopt}},
	} {
		out, errs, status := c.d.says(t, "", "adopt", "--yes")
		if status != ExitRefused || !strings.Contains(errs, c.says) || strings.Contains(out, "adopted") || !slices.Equal(c.d.kinds(), c.asks) {
			t.Errorf("%s: status %d, asked %v\n%s%s", c.name, status, c.d.kinds(), out, errs)
		}
	}
}

// TestHostileChangesAreInert: a name in a config on disk acts on no terminal before it is adopted.
func TestHostileChangesAreInert(t *testing.T) {
	d := changed("flag x\x1b[2J\u202e: gone")
	d.s.Rollout.ConfigPath = "shop\x1b]0;owned\x07.toml"
	if out, _, _ := d.says(t, "", "adopt", "--dry-run"); bare(out) || !strings.Contains(out, "flag x␛[2J") {
		t.Errorf("%q", out)
	}
}
