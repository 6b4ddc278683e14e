package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, mode os.FileMode, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("tool", 0o755, "#!/bin/sh\n")
	write("plain", 0o644, "")
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=relative:" + dir + ":/nonexistent"}
	tests := []struct {
		name string
		argv []string
		env  []string
		want string // the path, or the error with DIR for the folder
	}{
		{"in PATH", []string{"tool"}, env, "DIR/tool"},
		{"absolute", []string{filepath.Join(dir, "tool")}, nil, "DIR/tool"},
		{"relative", []string{"./tool"}, nil, "DIR/tool"},
		{"not in PATH", []string{"nothing"}, env, `program "nothing": not found in DIR, /nonexistent: install it, or write its whole path`},
		{"no PATH", []string{"tool"}, nil, `program "tool": not found: PATH is not set; write the program's whole path`},
		{"not executable", []string{"plain"}, env, `program "DIR/plain": is not executable: chmod +x it`},
		{"a folder", []string{"./folder"}, env, `program "DIR/folder": is a directory`},
		{"missing", []string{"./nothing"}, env, `program "DIR/nothing": not found: file does not exist`},
		{"hostile", []string{"\x1b[2J"}, nil, `program "␛[2J": not found: PATH is not set; write the program's whole path`},
		{"empty", nil, env, "no program: the command is empty"},
		{"empty name", []string{""}, env, "no program: the command is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Lookup(tt.argv, dir, tt.env)
			if err != nil {
				got = err.Error()
			}
			if got = strings.ReplaceAll(got, dir, "DIR"); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestStartErrors(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"noshebang": "echo x\n", "nointerpreter": "#!/nonexistent/sh\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ name, dir, program, want string }{
		{"no #!", dir, "./noshebang", "a script must begin with #!"},
		{"no interpreter", dir, "./nointerpreter", "the interpreter in its first line is not there"},
		{"no folder", dir + "/none", "/bin/sh", "its folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Run(t.Context(), Spec{Argv: []string{tt.program}, Dir: tt.dir})
			if !strings.Contains(text(err), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}
