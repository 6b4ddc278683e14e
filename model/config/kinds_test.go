package config

import (
	"strings"
	"time"

	"gonogo/model"
)

// testKinds are kinds like real ones, which build nothing.
func testKinds() Kinds {
	reader := func(Part) (model.Reader, error) { return nil, nil }
	action := func(Part) (model.Action, error) { return nil, nil }
	flip := func(Part, model.Flag) (model.Switch, error) { return nil, nil }
	witness := func(WitnessPart) (model.Witness, error) { return nil, nil }
	query := []Key{{Name: "query", Type: String, Required: true, Help: "a PromQL query"}, {Name: "count", Type: String, Help: "a query for the number of events"}, {Name: "bad", Type: String}, {Name: "total", Type: String}}
	return Kinds{
		Sources: map[string]SourceKind{
			"prometheus": {
				Keys: []Key{
					{Name: "url", Type: SecretText, Required: true, Help: "the server's address"},
					{Name: "http", Type: SubTable, Help: "HTTP settings", Keys: []Key{
						{Name: "basic_auth", Type: SubTable, Keys: []Key{{Name: "username", Type: String}, {Name: "password", Type: Secret}}},
						{Name: "headers", Type: StringMap},
					}},
				},
				MetricKeys: query,
				Describe:   func(p MetricPart) string { return p.Table.String("query") },
				Lint: func(p MetricPart) []Finding {
					switch q := p.Table.String("query"); {
					case strings.Contains(q, "(("):
						return []Finding{{Key: "query", Message: "expected ), found the end"}}
					case strings.Contains(q, "odd"):
						return []Finding{{Key: "query", Message: "is odd", Warning: true}, {Message: "is odd as a whole", Warning: true}}
					}
					return nil
				},
				Facts: func(p MetricPart) Facts {
					f := Facts{Silent: strings.Contains(p.Table.String("query"), "or vector(0)")}
					if strings.Contains(p.Table.String("query"), "[5m]") {
						f.Window = 5 * time.Minute
					}
					return f
				},
			},
			"page": {
				Keys:       []Key{{Name: "targets", Type: Strings, Required: true, Help: "addresses"}},
				MetricKeys: []Key{{Name: "path", Type: String}, {Name: "status", Type: Number}},
			},
			"http": {
				Keys:       []Key{{Name: "url", Type: SecretText, Required: true}, {Name: "headers", Type: StringMap}, {Name: "http", Type: SubTable, Keys: []Key{{Name: "proxy_url", Type: String}}}},
				MetricKeys: []Key{{Name: "path", Type: String}},
			},
			"log": {
				Keys:       []Key{{Name: "paths", Type: Strings, Required: true, Help: "files"}},
				MetricKeys: []Key{{Name: "match", Type: String}, {Name: "of", Type: String}},
				Facts:      func(p MetricPart) Facts { return Facts{Counts: p.Table.Has("of")} },
				LintWitness: func(p WitnessPart) []Finding {
					switch match := p.Table.String("match"); {
					case strings.Contains(match, "(("):
						return []Finding{{Key: "match", Message: "expected ), found the end"}}
					case strings.Contains(match, "odd"):
						return []Finding{{Key: "match", Message: "is odd", Warning: true}}
					}
					return nil
				},
				WitnessKeys:     []Key{{Name: "match", Type: String, Required: true, Help: "what a line must hold"}},
				DescribeWitness: func(p WitnessPart) string { return p.Source.ID + ": " + p.Table.String("match") },
				BuildWitness:    witness,
			},
			"sql": {
				WitnessKeys:  []Key{{Name: "query", Type: String, Required: true, Help: "a query"}, {Name: "is", Type: String, Required: true, Help: "what its number must be, such as \"> 0\""}},
				BuildWitness: witness,
			},
		},
		Actions: map[string]ActionKind{
			"dotenv": {
				SwitchKeys:  []Key{{Name: "file", Type: String, Required: true, Help: "the .env file"}, {Name: "key", Type: String, Required: true, Help: "the variable's name"}},
				BuildSwitch: flip, AtStart: true, Store: "file",
			},
			"exec": {
				Keys:  []Key{{Name: "command", Type: Strings, Required: true, Help: "a command"}, {Name: "env", Type: StringMap}},
				Build: action, Lint: lintCommand("command"), LintSwitch: lintCommand("set"), Facts: commandFacts, SwitchKeys: []Key{{Name: "get", Type: Strings}, {Name: "set", Type: Strings}}, BuildSwitch: flip,
				ReaderKeys: []Key{{Name: "exec", Type: Strings, Required: true}}, BuildReader: reader,
			},
			"http": {
				Keys: []Key{{Name: "url", Type: SecretText, Required: true, Help: "an address"}}, Build: action,
				ReaderKeys: []Key{
					{Name: "http", Type: SecretList, Required: true, Help: "an address"}, {Name: "json", Type: String}, {Name: "path", Type: String}, {Name: "method", Type: String},
					{Name: "headers", Type: StringMap}, {Name: "status", Type: Number},
				},
				BuildReader: reader,
			},
			"notify": {Keys: []Key{{Name: "urls", Type: SecretList, Required: true, Help: "whom to tell"}}, Build: action},
			"systemd": {
				Keys: []Key{{Name: "unit", Type: String, Required: true, Help: "a unit"}, {Name: "command", Type: String}}, Build: action,
				SeenByDefault: unitRestarts, Idempotent: true, Timeout: 90 * time.Second,
				ReaderKeys: []Key{{Name: "systemd", Type: String, Required: true}}, BuildReader: reader,
			},
			"pidfile": {ReaderKeys: []Key{{Name: "pidfile", Type: String, Required: true}}, BuildReader: reader},
		},
	}
}

// lintCommand finds that the command under key exports something.
func lintCommand(key string) func(Part) []Finding {
	return func(p Part) []Finding {
		if !strings.Contains(strings.Join(p.Table.Strings(key), " "), "export") {
			return nil
		}
		return []Finding{{Key: key, Message: "exports", Warning: true}}
	}
}

// commandFacts goes by the command's first word.
func commandFacts(p Part) ActionFacts {
	f := ActionFacts{Key: "command"}
	switch first := append(p.Table.Strings("command"), "")[0]; first {
	case "keeps":
		f.KeepsEnv = "keeps the environment"
	case "old":
		f.OldLines = "old finds a line in the log however old it is"
	case "silent":
		f.Silent = true
	}
	return f
}

// unitRestarts is seen by its unit, unless another command is named.
func unitRestarts(p Part) (Part, bool) {
	values := map[string]any{"systemd": p.Table.String("unit")}
	return Part{Kind: "systemd", Table: NewTable(values), Dir: p.Dir}, !p.Table.Has("command")
}
