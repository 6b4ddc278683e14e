package config

import "strings"

// The keys of every table, besides those that kinds add. Help says what is
// expected, and the default.

func rolloutKeys() []Key {
	return []Key{
		{Name: "id", Type: String, Required: true, Help: "a short name for the rollout, which its state is kept under"},
		{Name: "title", Type: String, Help: "its name on screen; default: id"},
		{Name: "service", Type: String, Help: "what is rolled out"},
		{Name: "state_dir", Type: String, Help: "where the journal is kept; default: the XDG state directory"},
		{Name: "links", Type: StringMap, Help: "addresses worth having at hand"},
	}
}

func environmentKeys() []Key {
	return []Key{
		{Name: "name", Type: String, Required: true, Help: "where the rollout happens, such as production"},
		{Name: "critical", Type: Bool, Help: "whether confirmations ask for more; default: false"},
		{Name: "identity", Type: Strings, Help: "a command that prints what machine this is"},
	}
}

func emergencyKeys() []Key {
	return []Key{
		{Name: "confirm", Type: String, OneOf: []string{"countdown", "enter"}, Help: "how `!` is confirmed; default: countdown"},
		{Name: "countdown", Type: Duration, Help: "time for a veto; default: 3s, 5s in a critical environment"},
	}
}

// kindKey is the key that names a table's kind.
func kindKey(known []string) Key {
	return Key{Name: "kind", Type: String, Required: true, Help: "one of " + strings.Join(known, ", ")}
}

func metricKeys() []Key {
	return []Key{
		{Name: "title", Type: String, Help: "its name on screen; default: the table's name"},
		{Name: "role", Type: String, Help: "success, error, fallback, latency …: its panel and colour"},
		{Name: "source", Type: String, Help: "the name of a [source.NAME]"},
		{Name: "expr", Type: String, Help: "what it is computed of, such as \"abs(a - b) / a\", instead of a source"},
		{Name: "unit", Type: String, OneOf: []string{"ratio", "seconds", "count", "bytes", "per_second"}, Help: "what its values are; default: plain numbers"},
		{Name: "target", Type: String, Help: "what GO needs, such as \"< 1%\""},
		{Name: "alert", Type: String, Help: "what is an emergency, such as \"> 5%\""},
		{Name: "for", Type: Duration, Help: "how long the target must have held; default: 0s"},
		{Name: "alert_for", Type: Duration, Help: "how long the alert must have held; default: 0s"},
		{Name: "baseline", Type: Duration, Help: "what a frozen baseline is the mean of; default: 15m"},
		{Name: "settle", Type: Duration, Help: "after a flip or restart it decides nothing for so long; default: the query's longest range"},
		{Name: "alpha", Type: Number, Help: "chance to fail what is good, where bad and total are counted; default: 0.01"},
		{Name: "beta", Type: Number, Help: "chance to pass what is poor, likewise; default: 0.05"},
		{Name: "min_count", Type: Number, Help: "fewer events than this prove nothing; default: 0"},
		{Name: "on_empty", Type: String, OneOf: []string{"zero"}, Help: "zero: no series means no events, while count or total shows others; default: no data"},
		{Name: "every", Type: Duration, Help: "how often it is read; default: 15s"},
		{Name: "timeout", Type: Duration, Help: "for one answer, at most every; default: 10s"},
		{Name: "stale_after", Type: Duration, Help: "age from which a sample proves nothing; default: 2m or 3 × every"},
	}
}

func flagKeys(kinds []string) []Key {
	return []Key{
		{Name: "title", Type: String, Help: "its name on screen; default: the table's name"},
		kindKey(kinds),
		{Name: "type", Type: String, Required: true, OneOf: []string{"bool", "string", "number", "list"}, Help: "bool, string, number or list"},
		{Name: "safe", Type: Any, Required: true, Help: "what every rollback returns to, or \"keep\""},
		{Name: "needs", Type: Strings, Help: "flags that it means nothing without"},
		{Name: "empty", Type: String, OneOf: []string{"everyone", "nobody"}, Help: "what an empty list means to the service"},
		{Name: "population", Type: Any, Help: "everything that a list may hold: \"file:PATH\", or a list of texts"},
		{Name: "apply", Type: Strings, Help: "actions that make a change live"},
		{Name: "effective", Type: Any, Help: "how to read its value back from the running service"},
		{Name: "every", Type: Duration, Help: "how often it is read; default: 5s"},
		{Name: "scope", Type: Strings, Help: "what it touches, for people"},
	}
}

func actionKeys(kinds []string) []Key {
	return []Key{
		kindKey(kinds),
		{Name: "title", Type: String, Help: "its name on screen; default: the table's name"},
		{Name: "timeout", Type: Duration, Help: "default: 90s for systemd and compose, else 30s"},
		{Name: "idempotent", Type: Bool, Help: "whether it may safely run twice; default: true for systemd and compose, else false"},
		{Name: "seen", Type: Any, Help: "how it is seen to have happened; default: by itself for systemd and compose"},
	}
}

func phaseKeys() []Key {
	return []Key{
		{Name: "title", Type: String, Help: "its name on screen; default: the table's name"},
		{Name: "soak", Type: Duration, Help: "least time spent healthy; default: none"},
		{Name: "limit", Type: Duration, Help: "overdue after; default: never"},
		{Name: "watch", Type: Duration, Help: "the first hours, with someone at the screen"},
		{Name: "flags", Type: Any, Help: "what it sets"},
		{Name: "gate", Type: Strings, Help: "metrics that must pass"},
		{Name: "check", Type: Any, Help: "what people sign, and what gonogo finds out"},
		{Name: "freeze", Type: Strings, Help: "metrics whose baselines are frozen before it is entered"},
		{Name: "rollback", Type: String, Help: "its way back"},
	}
}

func checkKeys() []Key {
	return []Key{
		{Name: "text", Type: String, Required: true, Help: "what holds, for people"},
		{Name: "id", Type: String, Help: "its name in commands; default: made from the text"},
		{Name: "every", Type: Duration, Help: "how long a result counts; default: for the whole phase"},
		{Name: "run", Type: String, Help: "the name of an [action.NAME] that ends well where it holds"},
		{Name: "metric", Type: String, Help: "the name of a [metric.NAME] that passes where it holds"},
		{Name: "timeout", Type: Duration, Help: "for an http check; default: 10s"},
		{Name: "is", Type: Any, Help: "what an http check must answer; default: any success"},
		{Name: "drill", Type: String, Help: "the name of a [rollback.NAME] that was rehearsed where it holds"},
		{Name: "within", Type: Duration, Help: "how long a rehearsal counts"},
		{Name: "real", Type: Bool, Help: "whether only a real drill counts; default: false"},
	}
}

func guardKeys() []Key {
	return []Key{
		{Name: "rollback", Type: String, Required: true, Help: "the name of a [rollback.NAME]"},
		{Name: "on", Type: Strings, Required: true, Help: "the metrics whose FAIL it acts on"},
		{Name: "mode", Type: String, OneOf: []string{"off", "notify", "armed"}, Help: "off, notify or armed; default: notify"},
		{Name: "countdown", Type: Duration, Help: "time for a veto; default: 60s"},
		{Name: "veto", Type: Duration, Help: "how long a veto lasts; default: 30m"},
		{Name: "notify", Type: Strings, Help: "actions that tell people of a breach and of its end"},
	}
}

func rollbackKeys() []Key {
	return []Key{
		{Name: "title", Type: String, Help: "its name on screen; default: the table's name"},
		{Name: "emergency", Type: Bool, Help: "whether `!` runs it; exactly one rollback has it"},
		{Name: "budget", Type: Duration, Help: "time for all of it; default: 5m"},
		{Name: "steady", Type: Duration, Help: "what was seen must stand so long after the last flag or restart; default: a tenth of the budget, at most 10s"},
		{Name: "flags", Type: Any, Help: "\"safe\", \"phase\", or a table of flags and values, {} for none"},
		{Name: "run", Type: Strings, Help: "actions to run"},
		{Name: "steps", Type: Any, Help: "the steps of a way down in several, instead of flags and run"},
		{Name: "verify", Type: Any, Help: "how it is seen to have worked"},
		{Name: "notify", Type: Strings, Help: "actions that tell people when it fires and when it ended"},
		{Name: "rehearse", Type: String, OneOf: []string{"dry", "real"}, Help: "how a drill runs it; default: dry"},
	}
}

// verifyKeys are the keys of one verify; those of an http one are its reader's besides.
func verifyKeys(kind string) []Key {
	within := Key{Name: "within", Type: Duration, Help: "time for it, after the restarts; default: 60s"}
	switch kind {
	case "flag":
		return []Key{
			{Name: "flag", Type: String, Required: true, Help: "the name of a [flag.NAME], or \"phase\""},
			{Name: "is", Type: Any, Help: "its value; default: what the rollback sets"},
			within,
		}
	case "metric":
		return []Key{
			{Name: "metric", Type: String, Required: true, Help: "the name of a [metric.NAME]"},
			{Name: "is", Type: String, Required: true, Help: "what it must be, such as \"< 1%\""},
			within,
		}
	case "run":
		return []Key{{Name: "run", Type: String, Required: true, Help: "the name of an [action.NAME]"}, within}
	}
	return []Key{{Name: "is", Type: Any, Help: "what it must answer; default: any success"}, within}
}
