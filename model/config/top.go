package config

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"gonogo/model"
)

// topReader reads the tables that there is but one of.
type topReader struct{ *draft }

// rolloutID is what the rollout's id may be: it names a directory and a socket.
var rolloutID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// required reads the table [name]; a missing one is an error.
func required[T any](r *reader, name string) (keys T, ok bool) {
	raw, there := r.doc[name]
	if !there {
		r.fail(name, "missing: expected a table [%s] with %s", name, KeysOf[T]()[0].Name)
		return keys, false
	}
	keys, _, _ = read[T](r, name, raw)
	return keys, true
}

// optional reads the table [name], where it is there.
func optional[T any](r *reader, name string) (keys T, t Table, ok bool) {
	raw, there := r.doc[name]
	if !there {
		return Into[T](Table{}, ""), Table{}, false
	}
	return read[T](r, name, raw)
}

func (top topReader) rollout() {
	k, ok := required[rolloutKeys](top.reader, "rollout")
	if !ok {
		return
	}
	r := &top.cfg.Rollout
	r.ID = k.ID
	if r.ID != "" && !rolloutID.MatchString(r.ID) {
		top.fail("rollout.id", "expected small letters, digits, -, _ and . (64 at most, a letter or digit in front), found %s", quote(r.ID))
	}
	r.Title = titleOr(k.Title, r.ID)
	r.Service = model.Inert(k.Service)
	if strings.HasPrefix(k.StateDir, "~") {
		top.fail("rollout.state_dir", "~ is not expanded: write the path in full, found %s", quote(k.StateDir))
	}
	top.cfg.StateDir = AbsPath(k.StateDir, top.cfg.Dir)
	r.Links = top.links("rollout.links", k.Links, top.warn)
	r.SignOff = signOff(k)
}

func (top topReader) environment() {
	k, ok := required[environmentKeys](top.reader, "environment")
	if !ok {
		return
	}
	e := &top.cfg.Rollout.Environment
	e.Name, e.Critical, e.Identity = model.Inert(k.Name), k.Critical, k.Identity
	if k.Identity != nil && (len(k.Identity) == 0 || k.Identity[0] == "") {
		top.fail("environment.identity", `expected a command like ["hostname", "-f"], found none`)
	}
}

func (top topReader) evidence() {
	k, _, _ := optional[evidenceKeys](top.reader, "evidence")
	chance(top.reader, "evidence.alpha", k.Alpha)
	chance(top.reader, "evidence.beta", k.Beta)
	top.cfg.Rollout.Evidence = model.EvidenceSpec{Alpha: k.Alpha, Beta: k.Beta}
}

func (top topReader) emergency() {
	countdown := 3 * time.Second
	if top.cfg.Rollout.Environment.Critical {
		countdown = 5 * time.Second
	}
	k, _, _ := optional[emergencyKeys](top.reader, "emergency")
	e := &top.cfg.Rollout.Emergency
	e.Confirm, e.Countdown = model.Confirm(k.Confirm), cmp.Or(k.Countdown, countdown)
}
