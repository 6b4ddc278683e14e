package config

import "regexp"

// unixGroup is what a group may be called.
var unixGroup = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)

// access reads who but the engine's user may attach.
func (top topReader) access() {
	k, _, _ := optional[accessKeys](top.reader, "access")
	if k.Group != "" && !unixGroup.MatchString(k.Group) {
		top.fail("access.group", "expected the name of a unix group, found %s", quote(k.Group))
		return
	}
	top.cfg.Rollout.Access.Group = k.Group
}
