package config

import (
	"path/filepath"
	"strings"
)

// journal reads what becomes of the journal besides the state directory.
func (top topReader) journal() {
	k, _, _ := optional[journalKeys](top.reader, "journal")
	switch {
	case k.Anchor == "":
		return
	case strings.HasPrefix(k.Anchor, "~"):
		top.fail("journal.anchor", "~ is not expanded: write the path in full, found %s", quote(k.Anchor))
		return
	}
	path := filepath.Clean(AbsPath(k.Anchor, top.cfg.Dir))
	top.cfg.Rollout.Anchor = path
	if dir := top.cfg.StateDir; dir != "" && inside(path, dir) {
		top.warn("journal.anchor", "stands beside the journal, so who can edit one can edit the other: expected a file elsewhere, on another host's disk if there is one")
	}
}

// inside reports whether path is below dir.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
