package exec

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// word is an argument as it is written; dynamic if the shell puts something in.
type word struct {
	text    string
	dynamic bool
}

// call is one program with its arguments.
type call struct {
	args   []word
	sets   []string // the variables set for it alone: NAME=value program
	reads  []word   // the files that are redirected into it
	export []string // what it exports, where it is the shell's own export
}

// callOf returns the call of an argv.
func callOf(argv []string) call {
	var c call
	for _, arg := range argv {
		c.args = append(c.args, word{text: arg})
	}
	return c.exporting()
}

// exporting fills in export for a call of the program export.
func (c call) exporting() call {
	if c.name() != "export" {
		return c
	}
	for _, arg := range c.args[1:] {
		if name, _, _ := strings.Cut(arg.text, "="); syntax.ValidName(name) {
			c.export = append(c.export, name)
		}
	}
	return c
}

// name returns the program's name without its folder; "" for none.
func (c call) name() string {
	if len(c.args) == 0 {
		return ""
	}
	return path.Base(c.args[0].text)
}

// operands returns the texts of the arguments without the options. valued are
// the letters of the options whose value is the next argument.
func (c call) operands(valued string) []string {
	var out []string
	for i := 1; i < len(c.args); i++ {
		arg := c.args[i].text
		switch {
		case len(arg) < 2 || arg[0] != '-':
			out = append(out, arg)
		case takesNext(arg, valued):
			i++
		}
	}
	return out
}

// takesNext reports whether the option arg has its value in the next argument.
func takesNext(arg, valued string) bool {
	return len(arg) >= 2 && arg[0] == '-' && arg[1] != '-' && strings.IndexByte(valued, arg[len(arg)-1]) >= 0
}

// has reports whether one of the options stands among the arguments, by itself
// or with a value.
func (c call) has(options ...string) bool {
	for _, arg := range c.args {
		for _, o := range options {
			if arg.text == o || strings.HasPrefix(arg.text, o+"=") || len(o) == 2 && o[0] == '-' && o[1] != '-' && shortOption(arg.text, o[1]) {
				return true
			}
		}
	}
	return false
}

// shortOption reports whether arg is -x, or has x among other letters.
func shortOption(arg string, x byte) bool {
	return len(arg) >= 2 && arg[0] == '-' && arg[1] != '-' && strings.IndexByte(arg[1:], x) >= 0
}

// opened returns what c comes down to behind sudo, env, timeout and the like:
// a script if that is a shell that was given one, and otherwise a call.
func (c call) opened() (call, *syntax.File) {
	for range 8 {
		name := c.name()
		valued, skip, wraps := wrapper(name)
		if !wraps {
			break
		}
		i := 1
		for ; i < len(c.args); i++ {
			if arg := c.args[i].text; strings.HasPrefix(arg, "-") {
				if takesNext(arg, valued) {
					i++
				}
			} else if variable, _, ok := strings.Cut(arg, "="); ok && syntax.ValidName(variable) {
				c.sets = append(c.sets, variable)
			} else if skip == 0 {
				break
			} else {
				skip--
			}
		}
		c.args = c.args[min(i, len(c.args)):]
		if name == "ssh" {
			return c, parseScript(c.text())
		}
	}
	switch c.name() {
	case "sh", "bash", "dash", "ash", "ksh", "zsh":
		for i, arg := range c.args[1:] {
			if shortOption(arg.text, 'c') && i+2 < len(c.args) && !c.args[i+2].dynamic {
				return c, parseScript(c.args[i+2].text)
			}
		}
	}
	return c.exporting(), nil
}

// text returns the arguments as a shell would be given them.
func (c call) text() string {
	var all []string
	for _, arg := range c.args {
		all = append(all, arg.text)
	}
	return strings.Join(all, " ")
}

// wrapper reports whether the program name runs the one that its arguments
// name: behind its options, of which those in valued take a value, and behind skip more.
func wrapper(name string) (valued string, skip int, ok bool) {
	switch name {
	case "sudo":
		return "CDghpRrTtUu", 0, true
	case "doas":
		return "Cu", 0, true
	case "env":
		return "Cu", 0, true
	case "timeout":
		return "ks", 1, true
	case "nice", "ionice":
		return "cnp", 0, true
	case "stdbuf":
		return "ioe", 0, true
	case "nohup", "exec", "command", "time", "setsid":
		return "", 0, true
	case "ssh":
		return "BbcDEeFIiJLlmOoPpQRSWw", 1, true
	}
	return "", 0, false
}

// parseScript parses a script; nil where it is none.
func parseScript(text string) *syntax.File {
	file, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		return nil
	}
	return file
}

// calls returns all programs that c runs, in order, however deep in scripts.
func (c call) calls() []call {
	c, file := c.opened()
	if file == nil {
		return []call{c}
	}
	var all []call
	syntax.Walk(file, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				all = append(all, callOfExpr(n).calls()...)
			}
		case *syntax.DeclClause:
			if n.Variant.Value == "export" {
				all = append(all, call{args: []word{{text: "export"}}, export: assigned(n.Args)})
			}
		}
		return true
	})
	return all
}

// callOfExpr returns the call of a command in a script.
func callOfExpr(n *syntax.CallExpr) call {
	c := call{sets: assigned(n.Assigns)}
	for _, arg := range n.Args {
		c.args = append(c.args, wordOf(arg))
	}
	return c
}

func assigned(all []*syntax.Assign) []string {
	var names []string
	for _, a := range all {
		if a.Name != nil {
			names = append(names, a.Name.Value)
		}
	}
	return names
}

func wordOf(w *syntax.Word) word {
	var b strings.Builder
	dynamic := false
	var add func([]syntax.WordPart)
	add = func(parts []syntax.WordPart) {
		for _, part := range parts {
			switch p := part.(type) {
			case *syntax.Lit:
				b.WriteString(strings.ReplaceAll(p.Value, `\`, ""))
			case *syntax.SglQuoted:
				b.WriteString(p.Value)
			case *syntax.DblQuoted:
				add(p.Parts)
			case *syntax.ParamExp:
				dynamic = true
				if p.Param != nil {
					b.WriteString("$" + p.Param.Value)
				}
			default:
				dynamic = true
			}
		}
	}
	add(w.Parts)
	return word{b.String(), dynamic}
}
