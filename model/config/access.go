package config

import "regexp"

// unixGroup is what a group may be called.
var unixGroup = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)

func accessKeys() []Key {
	return []Key{
		{Name: "group", Type: String, Required: true, Help: "a unix group whose members may look, roll back, veto and hold"},
	}
}

// access reads who but the engine's user may attach.
func (c *checker) access() {
	raw, there := c.doc["access"]
	if !there {
		return
	}
	t, _ := c.table("access", raw, accessKeys(), false)
	group := t.String("group")
	if t.Has("group") && !unixGroup.MatchString(group) {
		c.fail("access.group", "expected the name of a unix group, found %s", quote(group))
		return
	}
	c.cfg.Rollout.Access.Group = group
}
