package process

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// passed are the variables that every program gets, besides LC_*.
func passed() []string {
	return []string{"PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "XDG_RUNTIME_DIR"}
}

// Environ returns the environment of a program: what every one gets (PATH,
// HOME, USER, LOGNAME, LANG, LC_*, TZ, TMPDIR, XDG_RUNTIME_DIR) and the
// variables named by pass, as gonogo has them, and those of set. It is sorted.
func Environ(pass []string, set map[string]string) []string {
	names := append(passed(), pass...)
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if _, own := set[name]; own {
			continue
		}
		if slices.Contains(names, name) || strings.HasPrefix(name, "LC_") {
			env = append(env, kv)
		}
	}
	for name, value := range set {
		env = append(env, name+"="+value)
	}
	slices.Sort(env)
	return env
}

// CheckName returns an error if name cannot be the name of a variable.
func CheckName(name string) error {
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) {
		return fmt.Errorf("%q cannot be the name of a variable: expected letters, digits and _", name)
	}
	return nil
}
