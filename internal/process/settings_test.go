package process

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestSettingsDecideWhatAProgramGets: its folder, its variables and nothing else, and
// no secret among them is in its log, however it is written.
func TestSettingsDecideWhatAProgramGets(t *testing.T) {
	const token, passed = "s3cr3t/t0ken+x", "passed on & on"
	t.Setenv("PROCESS_TOKEN", token)
	t.Setenv("PROCESS_PASSED", passed)
	t.Setenv("PROCESS_OTHER", "other")
	dir := t.TempDir()
	around, err := Settings{Env: map[string]string{"T": "env:PROCESS_TOKEN", "PLAIN": "plain text"}, PassEnv: []string{"PROCESS_PASSED"}}.Prepare(dir)
	if err != nil {
		t.Fatal(err)
	}
	spec := around.Spec([]string{"/bin/sh", "-c", `pwd; echo "$T, $PROCESS_PASSED, $PLAIN, $MORE, ${PROCESS_OTHER-none}"; echo "$ENCODED"; exit 1`},
		map[string]string{"MORE": "more", "ENCODED": base64.StdEncoding.EncodeToString([]byte("u:"+token)) + " " + url.QueryEscape(passed)})
	var log bytes.Buffer
	spec.Log = &log
	err = Run(t.Context(), spec)
	want := dir + "\n[secret], [secret], plain text, more, none\n"
	if !strings.HasPrefix(log.String(), want) || strings.Contains(log.String(), url.QueryEscape(passed)) {
		t.Errorf("it printed %q, want %q", log.String(), want)
	}
	if err == nil || strings.Count(err.Error(), "[secret]") != 2 {
		t.Errorf("error %v", err)
	}
	if i := slices.IndexFunc(spec.Env, func(kv string) bool { return strings.HasPrefix(kv, "PROCESS_OTHER=") }); i >= 0 {
		t.Errorf("it gets %s", spec.Env[i])
	}
}

// TestSettingsThatCannotBe: the error begins with the key.
func TestSettingsThatCannotBe(t *testing.T) {
	for want, s := range map[string]Settings{
		`pass_env: "A B" cannot be the name of a variable`: {PassEnv: []string{"A B"}},
		`env: "" cannot be the name of a variable`:         {Env: map[string]string{"": "x"}},
		`env: T: environment variable PROCESS_NOT_SET is`:  {Env: map[string]string{"T": "env:PROCESS_NOT_SET"}},
	} {
		if _, err := s.Prepare(""); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
