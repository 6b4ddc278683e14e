package config

import (
	"path/filepath"
	"strings"
)

func journalKeys() []Key {
	return []Key{
		{Name: "anchor", Type: String, Required: true, Help: "a file, kept elsewhere, that gets the journal's sums as well"},
	}
}

// journal reads what becomes of the journal besides the state directory.
func (c *checker) journal() {
	raw, there := c.doc["journal"]
	if !there {
		return
	}
	t, _ := c.table("journal", raw, journalKeys(), false)
	text := t.String("anchor")
	switch {
	case !t.Has("anchor"):
		return
	case strings.HasPrefix(text, "~"):
		c.fail("journal.anchor", "~ is not expanded: write the path in full, found %s", quote(text))
		return
	}
	path := filepath.Clean(t.Path("anchor", c.cfg.Dir))
	c.cfg.Rollout.Anchor = path
	if dir := c.cfg.StateDir; dir != "" && inside(path, dir) {
		c.warn("journal.anchor", "stands beside the journal, so who can edit one can edit the other: expected a file elsewhere, on another host's disk if there is one")
	}
}

// inside reports whether path is below dir.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
