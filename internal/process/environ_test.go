package process

import (
	"bytes"
	"strings"
	"testing"
)

func TestEnviron(t *testing.T) {
	t.Setenv("LC_NUMERIC", "C")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	t.Setenv("WANTED", "w")
	t.Setenv("HOME", "/outer")
	t.Setenv("SSH_AUTH_SOCK", "/sock")
	env := Environ([]string{"WANTED", "NOT_SET_AT_ALL"}, map[string]string{"HOME": "/own", "NEW": "n"})
	var out bytes.Buffer
	s := Spec{Argv: []string{"/bin/sh", "-c", "env"}, Env: env, Out: &out}
	if err := Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"LC_NUMERIC=C\n", "WANTED=w\n", "HOME=/own\n", "NEW=n\n", "PATH="} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
	for _, unwanted := range []string{"AWS", "SSH_AUTH_SOCK", "/outer", "NOT_SET"} {
		if strings.Contains(out.String(), unwanted) {
			t.Errorf("has %q:\n%s", unwanted, out.String())
		}
	}
}

// A program without any variable gets none of ours.
func TestRunWithoutEnviron(t *testing.T) {
	t.Setenv("LEAK", "x")
	var out bytes.Buffer
	if err := Run(t.Context(), Spec{Argv: []string{"/usr/bin/env"}, Out: &out}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "LEAK") {
		t.Errorf("got %q", out.String())
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{"A": true, "_x9": true, "": false, "9A": false, "A-B": false, "A=B": false, "A\n": false} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
