package exec

import (
	"strings"
	"testing"

	"gonogo/model/config"
)

// said writes findings down, one a line.
func said(all []config.Finding) string {
	var lines []string
	for _, f := range all {
		kind := "error "
		if f.Warning {
			kind = "warning "
		}
		lines = append(lines, kind+f.Key+": "+f.Message)
	}
	return strings.Join(lines, "\n")
}

func argv(args ...string) []any {
	var out []any
	for _, arg := range args {
		out = append(out, arg)
	}
	return out
}

func TestLintExports(t *testing.T) {
	const inFile = " ends with the shell and never reaches the service: keep it in the file that the service reads at start, in a flag of kind \"dotenv\""
	lost := func(names string) string { return "warning command: " + names + inFile }
	tests := map[string]struct {
		command []any
		want    string
	}{
		"no shell":            {argv("systemctl", "restart", "x"), ""},
		"as the plan has it":  {sh("export USE_REAL=false\nsystemctl restart vecsec"), lost("export USE_REAL")},
		"and":                 {sh("export A=b && sudo systemctl restart x"), lost("export A")},
		"two":                 {sh("export A=b B=c; export A=d; service x restart"), lost("export A, export B")},
		"nothing after it":    {sh("export A=b"), lost("export A")},
		"only an echo":        {sh(`export A=b; echo "A is $A"`), lost("export A")},
		"as a program":        {argv("export", "A=b"), lost("export A")},
		"nested":              {argv("sudo", "-u", "root", "bash", "-lc", "export A=b; systemctl restart x"), lost("export A")},
		"on another host":     {argv("ssh", "-p", "22", "db", "export A=b; systemctl restart x"), lost("export A")},
		"before the restart":  {sh("A=b systemctl restart x"), lost("A")},
		"by env":              {argv("env", "A=b", "systemctl", "restart", "x"), lost("A")},
		"to a container":      {sh("export A=b; docker compose restart x"), lost("export A")},
		"after what takes it": {sh("export A=b; ./server & export C=d; systemctl restart x"), lost("export C")},
		"taken by compose":    {sh("export TAG=1.2; docker compose up -d"), ""},
		"taken by a suite":    {sh("export BASE_URL=http://127.0.0.1; pytest tests"), ""},
		"for the tool":        {sh("export XDG_RUNTIME_DIR=/run/user/1; systemctl --user restart x"), ""},
		"for docker":          {sh("DOCKER_HOST=tcp://db docker restart x"), ""},
		"handed to systemd":   {sh("export A=b; systemctl import-environment A; systemctl restart x"), ""},
		"written to a file":   {sh("echo export A=b >> /etc/profile; systemctl restart x"), ""},
		"no script":           {sh("export A=b; if"), ""},
		"a script's name":     {argv("sh", "restart.sh"), ""},
		"empty":               {nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := said(Kind().Lint(part("/", map[string]any{"command": test.command}))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestLintEnv(t *testing.T) {
	tests := map[string]struct {
		command []any
		want    string
	}{
		"asks systemd": {argv("sudo", "systemctl", "restart", "x"), "warning env: A, B reaches systemctl only, never the service that it starts: " +
			"keep it in the file that the service reads at start, in a flag of kind \"dotenv\""},
		"another program": {argv("pytest"), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			env := map[string]any{"B": "1", "A": "2", "DOCKER_HOST": "tcp://db"}
			if got := said(Kind().Lint(part("/", map[string]any{"command": test.command, "env": env}))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestLintSwitch(t *testing.T) {
	const own = "warning get: prints a variable of its own environment, not of the service's: " +
		"print what is stored, and have what is in use read back with effective = { http = \"http://…\", json = \"…\" }"
	const lost = "warning set: export A ends with the shell and never reaches the service: use kind = \"dotenv\", with the file that the service reads at start"
	tests := map[string]struct {
		get, set []any
		want     string
	}{
		"fine":                 {argv("cat", "value"), sh(`echo "$GONOGO_VALUE" > value`), ""},
		"export":               {sh(`echo "$A"`), sh("export A={value}"), own + "\n" + lost},
		"export and restart":   {argv("printenv", "A"), sh("export A={value} && systemctl restart x"), own + "\n" + lost},
		"export as a program":  {argv("balancer", "weight"), argv("export", "A={value}"), lost},
		"a variable of a file": {sh(`. ./.env; echo "$A"`), argv("balancer", "{value}"), ""},
		"what a program says":  {sh(`echo "$(balancer weight)"`), argv("balancer", "{value}"), ""},
		"nothing":              {nil, nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := said(Kind().LintSwitch(part("/", map[string]any{"get": test.get, "set": test.set}))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestKeepsEnv(t *testing.T) {
	keeps := func(how, compose string) string {
		return how + " keeps the environment that the container was made with, so a changed .env never reaches it: use " + compose + " up -d --force-recreate"
	}
	tests := map[string]struct {
		command []any
		want    string
	}{
		"compose":         {argv("docker", "compose", "restart", "backend"), keeps("docker compose restart", "docker compose")},
		"old compose":     {argv("docker-compose", "restart"), keeps("docker-compose restart", "docker-compose")},
		"with options":    {argv("docker", "--context", "prod", "compose", "-f", "up.yml", "--project-name", "x", "restart"), keeps("docker compose restart", "docker compose")},
		"in a shell":      {sh("cd /srv/x && sudo docker-compose restart backend"), keeps("docker-compose restart", "docker-compose")},
		"stop and start":  {sh("docker compose stop x; docker compose start x"), keeps("docker compose start", "docker compose")},
		"plain docker":    {argv("docker", "container", "restart", "x"), keeps("docker restart", "docker compose")},
		"podman":          {argv("podman-compose", "restart"), keeps("podman-compose restart", "podman-compose")},
		"not recreated":   {argv("docker", "compose", "up", "-d", "--no-recreate"), keeps("docker compose up --no-recreate", "docker compose")},
		"recreated":       {argv("docker", "compose", "up", "--detach", "--force-recreate", "--no-deps", "backend"), ""},
		"and recreated":   {sh("docker compose restart db; docker compose up -d --force-recreate x"), ""},
		"in a container":  {argv("docker", "compose", "exec", "x", "supervisorctl", "restart", "y"), ""},
		"systemd":         {argv("systemctl", "restart", "docker-compose@x"), ""},
		"another program": {argv("restart", "docker", "compose", "restart"), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Kind().Facts(part("/", map[string]any{"command": test.command}))
			if f.KeepsEnv != test.want || f.Key != "command" {
				t.Errorf("got  %q at %s\nwant %q", f.KeepsEnv, f.Key, test.want)
			}
		})
	}
}

func TestOldLines(t *testing.T) {
	const app, journal = "grep finds a line in /var/log/app.log however old it is", "journalctl without --since finds a line however old it is"
	tests := map[string]struct {
		command []any
		old     string
		silent  bool
	}{
		"as the plan has it": {sh(`grep "Feature flag disabled" /path/to/logs/*.log`), "grep finds a line in /path/to/logs/*.log however old it is", false},
		"no shell":           {argv("grep", "-q", "off", "/var/log/app.log"), app, false},
		"sudo":               {argv("sudo", "grep", "off", "/var/log/app.log"), app, false},
		"with -e":            {argv("grep", "-A", "3", "-e", "off", "/var/log/app.log"), app, false},
		"from cat":           {sh("cat /var/log/app.log | grep off"), app, false},
		"from tail":          {sh("tail -n 100 /var/log/app.log | grep off"), app, false},
		"redirected":         {sh("grep -q off < /var/log/app.log"), app, false},
		"twice":              {sh("grep flag /var/log/app.log | grep -c off"), app, false},
		"a variable folder":  {sh(`rg -q off "$LOG_DIR"`), "rg finds a line in $LOG_DIR however old it is", false},
		"and an echo":        {sh("set -e; cd /; grep off /var/log/app.log && echo good"), app, false},
		"or else":            {sh("grep off /var/log/app.log || { echo bad; exit 1; }"), app, false},
		"journal":            {sh("journalctl -u app | grep off"), journal, false},
		"journal's own":      {argv("journalctl", "-u", "app", "--grep", "off"), journal, false},
		"since boot":         {sh("journalctl -b -u app | grep off"), journal, false},

		"none":             {sh("! grep -q 'VQL query' /var/log/app.log"), "", true},
		"piped, none":      {sh("! cat /var/log/app.log | grep off"), "", true},
		"shown only":       {sh("grep -i error /path/to/logs/*.log | tail -20"), "", true},
		"counted":          {sh("cat /var/log/app.log | grep error | wc -l"), "", true},
		"one and none":     {sh("grep off /var/log/app.log && ! grep bad /var/log/app.log"), app, false},
		"none and none":    {sh("! grep on /var/log/app.log && ! grep bad /var/log/app.log"), "", true},
		"none and another": {sh("! grep on /var/log/app.log && curl -f http://127.0.0.1/"), "", false},

		"since":               {sh("journalctl --since '1 min ago' -u app | grep off"), "", false},
		"since, short":        {argv("journalctl", "-S", "-1min", "-g", "off"), "", false},
		"this invocation":     {sh("journalctl _SYSTEMD_INVOCATION_ID=$ID | grep off"), "", false},
		"followed":            {sh("tail -n 0 -f /var/log/app.log | grep -m1 off"), "", false},
		"from a place":        {sh("tail -c +$FROM /var/log/app.log | grep off"), "", false},
		"of a time":           {sh(`grep "$(date +%F) off" /var/log/app.log`), "", false},
		"filtered":            {sh("awk '$1 > 7' /var/log/app.log | grep off"), "", false},
		"with more":           {sh("grep off /var/log/app.log && curl -f http://127.0.0.1/"), "", false},
		"no log":              {argv("grep", "-q", "USE_REAL=false", "/etc/catalog/.env"), "", false},
		"a log is looked for": {argv("grep", "-q", "app.log", "/etc/vecsec.toml"), "", false},
		"from the service":    {sh("curl -s http://127.0.0.1/log | grep off"), "", false},
		"a container's":       {sh("docker compose logs app | grep off"), "", false},
		"files without":       {argv("grep", "-L", "off", "/var/log/app.log"), "", false},
		"in a condition":      {sh("if grep off /var/log/app.log; then exit 1; fi"), "", false},
		"no program":          {nil, "", false},
		"empty script":        {sh(""), "", false},
		"odd":                 {sh("< /var/log/app.log"), "", false},
		"odd pipe":            {sh("> x | A=b | sudo | grep x"), "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Kind().Facts(part("/", map[string]any{"command": test.command}))
			if f.OldLines != test.old || f.Silent != test.silent {
				t.Errorf("got  %q, silent %v\nwant %q, silent %v", f.OldLines, f.Silent, test.old, test.silent)
			}
		})
	}
}

// FuzzLint: whatever a command is, looking at it ends, and says what can be shown.
func FuzzLint(f *testing.F) {
	for _, script := range []string{"export A=b && systemctl restart x", "! cat a.log | grep -e x", "sudo ssh -p 1 h env A=b sh -c 'docker compose -f x restart'", "a || { exit 1; }"} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		for _, command := range [][]any{sh(script), argv(strings.Fields(script)...)} {
			p := part("/", map[string]any{"command": command, "get": command, "set": command, "env": map[string]any{"A": "b"}})
			k := Kind()
			k.Lint(p)
			k.LintSwitch(p)
			k.Facts(p)
		}
	})
}
