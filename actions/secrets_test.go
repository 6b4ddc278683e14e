package actions

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/config"
)

// TestNoChildPrintsASecret: what is passed on by pass_env, or given to another
// part by env:, is taken out of what a program prints and of its error, in
// every encoding; the value that is shown in a plan is the config's own.
func TestNoChildPrintsASecret(t *testing.T) {
	const token, url, other, short = "s3cr3t-t0ken", "postgres://shop:hunter2pw@db/shop", "another-secret", "8080"
	t.Setenv("SHOP_TOKEN", token)
	t.Setenv("SHOP_DB", url)
	t.Setenv("SHOP_PORT", short)
	t.Setenv("OTHER", other)
	dir := t.TempDir()
	script := filepath.Join(dir, "print.sh")
	encoded := base64.StdEncoding.EncodeToString([]byte("user:" + token))
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho $SHOP_TOKEN $SHOP_DB hunter2pw $SHOP_PORT "+encoded+" "+other+"\necho $SHOP_TOKEN >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	part := func(kind string, values map[string]any) config.Part {
		return config.Part{ID: "x", Kind: kind, Dir: dir, Table: config.NewTable(values)}
	}
	var b model.Parts
	Build(&config.Config{Actions: map[model.ActionID]config.Part{
		"print": part("exec", map[string]any{"command": []any{script}, "pass_env": []any{"SHOP_TOKEN", "SHOP_DB", "SHOP_PORT"}}),
		"other": part("exec", map[string]any{"command": []any{"true"}, "env": map[string]any{"T": "env:OTHER"}}),
	}}, &b)
	if len(b.Missing) > 0 {
		t.Fatal(b.Missing)
	}
	var log bytes.Buffer
	err := b.Actions["print"].Do(t.Context(), nil, &log)
	if err == nil {
		t.Fatal("the program did not fail")
	}
	for _, secret := range []string{token, "hunter2pw", encoded[8:24], other} {
		if strings.Contains(log.String(), secret) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s is in %q or in %q", secret, log.String(), err)
		}
	}
	if !strings.Contains(log.String(), short) {
		t.Errorf("a port is no secret: %q", log.String())
	}
}
