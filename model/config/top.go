package config

import (
	"regexp"
	"strings"
	"time"

	"gonogo/model"
)

// rolloutID is what the rollout's id may be: it names a directory and a socket.
var rolloutID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// required returns the table [name]; a missing one is an error.
func (c *checker) required(name string, keys []Key) (Table, bool) {
	raw, there := c.doc[name]
	if !there {
		c.fail(name, "missing: expected a table [%s] with %s", name, keys[0].Name)
		return Table{}, false
	}
	t, _ := c.table(name, raw, keys, false)
	return t, true
}

func (c *checker) rollout() {
	t, ok := c.required("rollout", rolloutKeys())
	if !ok {
		return
	}
	r := &c.cfg.Rollout
	r.ID = t.String("id")
	if t.Has("id") && !rolloutID.MatchString(r.ID) {
		c.fail("rollout.id", "expected small letters, digits, -, _ and . (64 at most, a letter or digit in front), found %s", quote(r.ID))
	}
	r.Title = titleOr(t, r.ID)
	r.Service = model.Inert(t.String("service"))
	if dir := t.String("state_dir"); strings.HasPrefix(dir, "~") {
		c.fail("rollout.state_dir", "~ is not expanded: write the path in full, found %s", quote(dir))
	}
	c.cfg.StateDir = t.Path("state_dir", c.cfg.Dir)
	if links := t.StringMap("links"); len(links) > 0 {
		r.Links = make(map[string]string, len(links))
		for name, url := range links {
			r.Links[model.Inert(name)] = model.Inert(url)
		}
	}
}

func (c *checker) environment() {
	t, ok := c.required("environment", environmentKeys())
	if !ok {
		return
	}
	e := &c.cfg.Rollout.Environment
	e.Name, e.Critical, e.Identity = model.Inert(t.String("name")), t.Bool("critical"), t.Strings("identity")
	if t.Has("identity") && (len(e.Identity) == 0 || e.Identity[0] == "") {
		c.fail("environment.identity", `expected a command like ["hostname", "-f"], found none`)
	}
}

func (c *checker) emergency() {
	countdown := 3 * time.Second
	if c.cfg.Rollout.Environment.Critical {
		countdown = 5 * time.Second
	}
	t := Table{}
	if raw, there := c.doc["emergency"]; there {
		t, _ = c.table("emergency", raw, emergencyKeys(), false)
	}
	e := &c.cfg.Rollout.Emergency
	e.Confirm = model.ConfirmCountdown
	if t.Has("confirm") {
		e.Confirm = model.Confirm(t.String("confirm"))
	}
	e.Countdown = c.positive("emergency.countdown", t, "countdown", countdown)
}

// positive returns the duration of key, which stands at path, and which must not be 0.
func (c *checker) positive(path string, t Table, key string, otherwise time.Duration) time.Duration {
	d := t.Duration(key, otherwise)
	if t.Has(key) && d <= 0 {
		c.fail(path, "expected more than 0, found %s", quote(t.String(key)))
		return otherwise
	}
	return d
}
