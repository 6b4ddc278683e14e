package exec

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"gonogo/model"
)

// verdict is what makes a command end well.
type verdict struct {
	old    string // says by which line of a log, however old; empty: by none
	silent bool   // a log in which there is nothing
	idle   bool   // anything
}

// judge says what makes c end well, given what is piped into it.
func judge(c call, input []call) verdict {
	c, file := c.opened()
	switch {
	case file != nil:
		return judgeLast(file.Stmts, input)
	case searches(c):
		return judgeSearch(c, input)
	case slices.Contains([]string{"echo", "printf", "true", ":", "sleep", "logger"}, c.name()):
		return verdict{idle: true}
	case formats(c) && slices.ContainsFunc(input, func(from call) bool { return searches(from) && judgeSearch(from, input).old != "" }):
		return verdict{silent: true} // grep … | tail ends well whatever is found
	}
	return verdict{}
}

func judgeLast(stmts []*syntax.Stmt, input []call) verdict {
	if len(stmts) == 0 {
		return verdict{}
	}
	return judgeStmt(stmts[len(stmts)-1], input)
}

func judgeStmt(s *syntax.Stmt, input []call) verdict {
	var v verdict
	switch n := s.Cmd.(type) {
	case *syntax.CallExpr:
		v = judge(withReads(s, callOfExpr(n)), input)
	case *syntax.Block:
		v = judgeLast(n.Stmts, input)
	case *syntax.Subshell:
		v = judgeLast(n.Stmts, input)
	case *syntax.BinaryCmd:
		v = judgeBinary(n, input)
	}
	if s.Negated {
		return verdict{silent: v.old != ""}
	}
	return v
}

func judgeBinary(n *syntax.BinaryCmd, input []call) verdict {
	switch n.Op {
	case syntax.Pipe, syntax.PipeAll:
		return judgeStmt(n.Y, append(slices.Clone(input), piped(n.X)...))
	case syntax.OrStmt:
		if gives(n.Y) {
			return judgeStmt(n.X, input)
		}
		return verdict{}
	}
	x, y := judgeStmt(n.X, input), judgeStmt(n.Y, input)
	switch {
	case x.idle:
		return y
	case y.idle:
		return x
	case x.old != "" && (y.old != "" || y.silent):
		return x
	case y.old != "" && x.silent:
		return y
	}
	return verdict{silent: x.silent && y.silent}
}

// gives reports whether s gives up, as in … || exit 1.
func gives(s *syntax.Stmt) bool {
	switch n := s.Cmd.(type) {
	case *syntax.CallExpr:
		c := callOfExpr(n)
		return c.name() == "false" || c.name() == "exit" && len(c.args) > 1 && c.args[1].text != "0"
	case *syntax.Block:
		return len(n.Stmts) > 0 && gives(n.Stmts[len(n.Stmts)-1])
	}
	return false
}

// piped returns the calls of a pipe's left side.
func piped(s *syntax.Stmt) []call {
	switch n := s.Cmd.(type) {
	case *syntax.CallExpr:
		c, _ := withReads(s, callOfExpr(n)).opened()
		return []call{c}
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
			return append(piped(n.X), piped(n.Y)...)
		}
	}
	return nil
}

func withReads(s *syntax.Stmt, c call) call {
	for _, r := range s.Redirs {
		if r.Op == syntax.RdrIn && r.Word != nil {
			c.reads = append(c.reads, wordOf(r.Word))
		}
	}
	return c
}

// searches reports whether c looks for lines, and tells by how it ends whether
// there were some.
func searches(c call) bool {
	switch c.name() {
	case "grep", "egrep", "fgrep", "zgrep", "rg", "ag":
		return !c.has("-L", "--files-without-match") // grep's versions do not agree on what it ends with
	case "journalctl":
		return c.has("-g", "--grep")
	}
	return false
}

// formats reports whether c passes lines on and ends well without any.
func formats(c call) bool {
	return slices.Contains([]string{"tail", "head", "wc", "cat", "sort", "uniq", "tee", "cut"}, c.name())
}

// judgeSearch says which log c searches from its beginning, if it does.
func judgeSearch(c call, input []call) verdict {
	from := append([]call{c}, input...)
	if slices.ContainsFunc(from, sinceKnown) {
		return verdict{}
	}
	for _, f := range from {
		if f.name() == "journalctl" {
			return verdict{old: "journalctl without --since finds a line however old it is"}
		}
	}
	if searchesFor(c).dynamic {
		return verdict{}
	}
	for _, f := range from {
		for _, file := range slices.Concat(f.args[min(1, len(f.args)):], f.reads) {
			if file != searchesFor(f) && looksLikeLog(file.text) {
				return verdict{old: c.name() + " finds a line in " + shorten(model.Inert(file.text)) + " however old it is"}
			}
		}
	}
	return verdict{}
}

// searchesFor returns the pattern that c looks for; the zero word where it looks for none.
func searchesFor(c call) word {
	if !searches(c) {
		return word{}
	}
	for i, arg := range c.args[1:] {
		switch {
		case arg.text == "-e" || arg.text == "--regexp":
			if i+2 < len(c.args) {
				return c.args[i+2]
			}
		case len(arg.text) > 1 && arg.text[0] == '-':
		case takesNext(c.args[i].text, "ABCmdDgtT"):
		default:
			return arg
		}
	}
	return word{}
}

// sinceKnown reports whether c may leave out old lines: it begins at a time or
// place that is given, or it is a program of which nothing is known.
func sinceKnown(c call) bool {
	switch c.name() {
	case "journalctl":
		return c.has("-S", "--since", "--after-cursor", "--cursor", "--cursor-file", "-I", "--invocation") ||
			c.has("-f", "--follow") && c.has("-n0", "--lines=0") || strings.Contains(c.text(), "INVOCATION_ID=")
	case "tail":
		at := slices.ContainsFunc(c.args[1:], func(w word) bool { return strings.HasPrefix(w.text, "+") || w.dynamic && !looksLikeLog(w.text) })
		return at || c.has("-n0", "--lines=0", "--bytes=0") || strings.Contains(c.text()+" ", "-n 0 ")
	case "grep", "egrep", "fgrep", "zgrep", "rg", "ag", "cat", "zcat", "head", "less", "sort", "uniq", "tee":
		return false
	}
	return true
}

// logName matches the name of a log or of a folder of logs.
var logName = regexp.MustCompile(`(?i)(^|[^a-z])(logs?|syslog|nohup\.out)([^a-z]|$)`)

func looksLikeLog(file string) bool {
	return !strings.HasPrefix(file, "-") && !strings.Contains(file, "://") && logName.MatchString(file)
}

// shorten cuts a long text.
func shorten(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
