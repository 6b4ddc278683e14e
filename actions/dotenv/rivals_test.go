package dotenv

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonogo/model"
)

// full asks for as many edits as docs/reliability.md tells of.
var full = flag.Bool("full", false, "let a rival edit as often as docs/reliability.md says")

// TestRivalEdits has a rival edit the file all the time, by renaming another
// over it, while we set a flag in it, also exactly between our reading and our
// writing. No edit of the rival's is lost: each is in the file when both are
// through, unless we said CONFLICT and left it where we said.
func TestRivalEdits(t *testing.T) {
	edits := 300
	if *full {
		edits = 10_000
	}
	x := newFixture(t, "A=1\nK=false # ours\nRIVAL=0\n")
	s := x.flag(".env", "K", model.Bool)
	n, conflicts, aside, merged, ours := 0, 0, 0, 0, 0
	edit := func() { // what the rival does, whole
		raw := x.read(".env")
		at := strings.Index(raw, "RIVAL=")
		n++
		x.write("rival", raw[:at]+fmt.Sprintf("RIVAL=%d\n", n))
		x.must(os.Rename(x.path("rival"), x.path(".env")))
	}
	begin, done := make(chan int), make(chan struct{})
	go func() { // a rival at any moment: ends with begin
		for count := range begin {
			for range count {
				edit()
			}
			done <- struct{}{}
		}
	}()
	defer close(begin)
	s.file.between = func() {}
	for n < edits {
		value := model.BoolValue(n%2 == 0)
		count, tries := 1+rand.IntN(3), 0
		among := rand.IntN(2) == 0
		if among { // exactly between
			s.file.between = func() {
				if tries++; tries <= count {
					edit()
				}
			}
		} else {
			s.file.between = func() { tries++ }
			begin <- count
		}
		err := s.Set(t.Context(), value)
		if !among {
			<-done
		}
		if tries > 1 {
			merged++
		}
		got := x.read(".env")
		switch {
		case errors.Is(err, ErrConflict):
			conflicts++
		case err != nil:
			t.Fatal(err)
		case strings.Contains(got, "K="+value.Text+" # ours\n"):
			ours++
		case among:
			t.Fatalf("after edit %d: set to %s, and it is not: %q", n, value, got)
		}
		beside, _ := filepath.Glob(x.path(".gonogo-*.tmp")) // where CONFLICT says that it put the second of two
		for _, path := range beside {
			got += x.read(filepath.Base(path))
			x.must(os.Remove(path))
		}
		aside += len(beside)
		if want := fmt.Sprintf("RIVAL=%d\n", n); !strings.HasPrefix(got, "A=1\nK=") || !strings.Contains(got, want) || len(beside) > 0 && !errors.Is(err, ErrConflict) {
			t.Fatalf("edit %d is lost (error %v): %q", n, err, got)
		}
		if len(beside) > 0 {
			edit() // somebody puts them together
		}
	}
	t.Logf("%d edits by the rival, none lost: %d settings kept, %d after reading again, %d said CONFLICT, %d of them with the edit put aside", n, ours, merged, conflicts, aside)
}
