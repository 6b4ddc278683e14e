package settings

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gonogo/ui/theme"
)

func load(t *testing.T, text string) (Settings, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ui.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func TestLoad(t *testing.T) {
	s, err := load(t, "theme = \"colour-blind\"\nascii = false\n[colours]\ngo = \"#00ff00\"\nno-go = 196\n[keys]\nadvance = \"f5\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if s.Look.Name != theme.ColourBlind || s.ASCII == nil || *s.ASCII || len(s.Look.Colours) != 2 || s.Keys["advance"] != "f5" {
		t.Errorf("got %+v", s)
	}
	if err := s.Wrong("advance", "no"); !strings.HasSuffix(err.Error(), "ui.toml:7: no") {
		t.Errorf("got %v", err)
	}
	if s, err := Load(filepath.Join(t.TempDir(), "none")); err != nil || s.Look.Name != "" {
		t.Errorf("without a file: %+v, %v", s, err)
	}
}

// TestAMistakeNamesItsLineAndARemedy: nothing of such a file counts.
func TestAMistakeNamesItsLineAndARemedy(t *testing.T) {
	for text, want := range map[string]string{
		"theme = \"blue\"\n":                    `ui.toml:1: unknown theme "blue": expected one of auto, dark, light, high-contrast, colour-blind`,
		"\n[colours]\nred = \"#ff0000\"":        `ui.toml:3: nothing has the name "red" that could have a colour: expected one of alert, calm,`,
		"[colours]\n\ngo = \"green\"":           `ui.toml:3: expected a colour like "#2fc79a", or a number from 0 to 255, found "green"`,
		"ascii = true\nfont = \"big\"":          `ui.toml:2: unknown key "font": expected theme, ascii, [colours] or [keys]`,
		"[keys]\nadvance = 3":                   `ui.toml`,
		"theme = ":                              `ui.toml:1: `,
		"[keys.advance]\nx = 1":                 `ui.toml`,
		strings.Repeat("# much\n", maxSize/7+1): `is too large`,
	} {
		if s, err := load(t, text); err == nil || !strings.Contains(err.Error(), want) || s.Keys != nil || s.Look.Name != "" {
			t.Errorf("%.40q: got %+v, %v, want %s", text, s, err, want)
		}
	}
	pipe := filepath.Join(t.TempDir(), "ui.toml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := Load(pipe); err == nil {
		t.Error("a named pipe is read")
	}
}

func TestTheCommandLineGoesFirst(t *testing.T) {
	s, err := Settings{Look: theme.Look{Name: theme.Dark}}.Choose(theme.Light, "true")
	if err != nil || s.Look.Name != theme.Light || s.ASCII == nil || !*s.ASCII {
		t.Errorf("got %+v, %v", s, err)
	}
	if s, err := (Settings{Look: theme.Look{Name: theme.Dark}}).Choose("", ""); err != nil || s.Look.Name != theme.Dark || s.ASCII != nil {
		t.Errorf("got %+v, %v", s, err)
	}
	for _, c := range [][2]string{{"blue", ""}, {"", "yes"}} {
		if _, err := (Settings{}).Choose(c[0], c[1]); err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%q: %v", c, err)
		}
	}
}
