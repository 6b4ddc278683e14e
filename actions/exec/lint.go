package exec

import (
	"maps"
	"slices"
	"strings"

	"gonogo/model"
	"gonogo/model/config"
)

// lintAction looks at one action's command.
func lintAction(p config.Part) []config.Finding {
	calls := callOf(p.Table.Strings("command")).calls()
	var found []config.Finding
	if names := exported(calls); names != "" {
		found = append(found, config.Finding{Key: "command", Warning: true, Message: names +
			" ends with the shell and never reaches the service: keep it in the file that the service reads at start, in a flag of kind \"dotenv\""})
	}
	if names := handed(p, calls); names != "" {
		found = append(found, config.Finding{Key: "env", Warning: true, Message: names +
			" reaches " + calls[0].name() + " only, never the service that it starts: keep it in the file that the service reads at start, in a flag of kind \"dotenv\""})
	}
	return found
}

// lintSwitch looks at the programs that print and store a flag's value.
func lintSwitch(p config.Part) []config.Finding {
	var found []config.Finding
	if printsOwn(callOf(p.Table.Strings("get")).calls()) {
		found = append(found, config.Finding{Key: "get", Warning: true, Message: "prints a variable of its own environment, not of the service's: " +
			"print what is stored, and have what is in use read back with effective = { http = \"http://…\", json = \"…\" }"})
	}
	if names := exported(callOf(p.Table.Strings("set")).calls()); names != "" {
		found = append(found, config.Finding{Key: "set", Warning: true, Message: names +
			" ends with the shell and never reaches the service: use kind = \"dotenv\", with the file that the service reads at start"})
	}
	return found
}

// facts says what an action's command comes down to.
func facts(p config.Part) config.ActionFacts {
	c := callOf(p.Table.Strings("command"))
	v := judge(c, nil)
	return config.ActionFacts{Key: "command", KeepsEnv: keepsEnv(c.calls()), OldLines: v.old, Silent: v.silent}
}

// exported returns what calls export for nothing: no program after that takes
// it to a service. "" where there is nothing such.
func exported(calls []call) string {
	var names []string
	add := func(how string, all []string) {
		for _, name := range all {
			if text := how + model.Inert(name); !forTool(name) && !slices.Contains(names, text) {
				names = append(names, text)
			}
		}
	}
	for i, c := range calls {
		lost := !slices.ContainsFunc(calls[i+1:], func(later call) bool { return !asks(later) && !idle(later) })
		if len(c.export) > 0 && lost {
			add("export ", c.export)
		}
		if asks(c) {
			add("", c.sets)
		}
	}
	return strings.Join(names, ", ")
}

// handed returns the variables of the part's env that reach only a program
// which asks another to start the service.
func handed(p config.Part, calls []call) string {
	if len(calls) != 1 || !asks(calls[0]) {
		return ""
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(p.Table.StringMap("env"))) {
		if !forTool(name) {
			names = append(names, model.Inert(name))
		}
	}
	return strings.Join(names, ", ")
}

// forTool reports whether a variable is meant for the program that asks for a
// restart, and not for the service.
func forTool(name string) bool {
	for _, prefix := range []string{"DOCKER_", "COMPOSE_", "CONTAINER_", "SYSTEMD_", "DBUS_", "XDG_", "KUBE", "LC_", "SSH_", "SUDO_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"PATH", "HOME", "USER", "LANG", "TERM", "TZ", "PAGER", "TMPDIR"}, name)
}

// asks reports whether c only asks another program to start or stop a service,
// which then does not get c's environment.
func asks(c call) bool {
	verbs := []string{"restart", "try-restart", "reload", "reload-or-restart", "start", "stop", "kill", "status", "is-active", "daemon-reload"}
	has := func(operands []string, n int) bool { return len(operands) > n && slices.Contains(verbs, operands[n]) }
	switch c.name() {
	case "systemctl":
		return has(c.operands("HMnopst"), 0)
	case "service":
		return has(c.operands(""), 1)
	case "supervisorctl", "rc-service", "monit", "initctl":
		return slices.ContainsFunc(c.operands("cspu"), func(o string) bool { return slices.Contains(verbs, o) })
	case "kubectl":
		return slices.Contains(c.operands("ns"), "rollout")
	case "kill", "pkill", "killall":
		return true
	}
	_, verb := container(c)
	return slices.Contains(verbs, verb)
}

// idle reports whether c does nothing with a variable that it is given.
func idle(c call) bool {
	return len(c.export) > 0 || slices.Contains([]string{
		"", ":", "true", "false", "exit", "echo", "printf", "sleep", "set", "cd", "test", "[", "wait", "logger", "export", "unset",
	}, c.name())
}

// container returns the container program that c calls, such as "docker
// compose", and what it asks of it; empty where c is none.
func container(c call) (program, verb string) {
	program = c.name()
	switch program {
	case "docker", "podman", "nerdctl", "docker-compose", "podman-compose":
	default:
		return "", ""
	}
	for _, operand := range c.operands("cHlfp") {
		switch operand {
		case "compose":
			program += " compose"
		case "restart", "start", "stop", "kill", "up", "run", "create":
			return program, operand
		case "exec", "logs", "down", "build", "pull", "push", "ps", "rm", "cp", "inspect", "service", "stack", "swarm":
			return program, operand
		}
	}
	return program, ""
}

// keepsEnv says that calls start a container again with the environment that it
// was made with; "" where they do not, or make it anew.
func keepsEnv(calls []call) string {
	kept, compose := "", "docker compose"
	for _, c := range calls {
		program, verb := container(c)
		switch verb {
		case "restart", "start":
			kept = program + " " + verb
		case "up", "run", "create":
			if !c.has("--no-recreate") {
				return ""
			}
			kept = program + " up --no-recreate"
		}
		if strings.HasSuffix(program, "compose") {
			compose = program
		}
	}
	if kept == "" {
		return ""
	}
	return kept + " keeps the environment that the container was made with, so a changed .env never reaches it: use " + compose + " up -d --force-recreate"
}

// printsOwn reports whether calls print nothing but variables of their own.
func printsOwn(calls []call) bool {
	prints := false
	for _, c := range calls {
		switch c.name() {
		case "printenv":
			prints = true
		case "echo", "printf":
			prints = prints || slices.ContainsFunc(c.args, func(w word) bool { return w.dynamic })
		default:
			return false
		}
	}
	return prints
}
