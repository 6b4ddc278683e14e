package secret

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestASecretIsReadFromARegularFileOnly: a named pipe that nobody writes to is
// refused rather than waited for. A link to a file is as good as the file.
func TestASecretIsReadFromARegularFileOnly(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"key": "s3cret\n", "huge": strings.Repeat("x", maxSize+1)} {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("key", path("link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"key", "link"} {
		if v, err := Resolve("file:"+name, dir); v != "s3cret" || err != nil {
			t.Errorf("%s: got %q, %v", name, v, err)
		}
	}
	for name, want := range map[string]string{
		"pipe": path("pipe") + " is no regular file: a secret is read from one",
		".":    " is no regular file: a secret is read from one",
		"huge": path("huge") + " is larger than 1 MiB",
		"none": "no such file",
	} {
		if v, err := Resolve("file:"+name, dir); v != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %.20q, %v; want %q", name, v, err, want)
		}
	}
}

// TestWhatIsResolvedIsKnown: what came from env: or file: is masked, plain text is not.
func TestWhatIsResolvedIsKnown(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SECRET_TEST", "from the env")
	var s Set
	m, err := s.ResolveMap(map[string]string{"a": "env:SECRET_TEST", "b": "file:key", "c": "plain text"}, dir)
	if err != nil || m["a"] != "from the env" || m["b"] != "from the file" || m["c"] != "plain text" {
		t.Fatal(m, err)
	}
	if got := s.Mask("from the env, from the file, plain text"); got != "[secret], [secret], plain text" {
		t.Errorf("got %q", got)
	}
	if _, err := s.ResolveMap(map[string]string{"k": "env:SECRET_TEST_NOT_SET"}, dir); err == nil || !strings.HasPrefix(err.Error(), "k: ") {
		t.Errorf("error %v", err)
	}
}
