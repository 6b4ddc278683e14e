package headless

import (
	"errors"
	"fmt"
	"strings"

	"gonogo/model"
)

// flagLine says in one line what flag f holds, and whether the running service uses it.
func flagLine(s *model.Snapshot, f *model.Flag) string {
	st := s.State.Flags[f.ID]
	line := fmt.Sprintf("%-14s %s", f.ID, st.Stored)
	switch {
	case st.StoredErr != "":
		line += "  not readable: " + st.StoredErr
	case st.Stored.IsZero():
		line += "  not read yet"
	case st.Drift():
		line += fmt.Sprintf("  ≠ drift: gonogo set %s", st.Want)
	case st.Stored.Type == model.Unset:
		line += "  ? nothing is stored" + uses(st) + ": is the name right?"
	case st.Unapplied():
		line += fmt.Sprintf("  ≠ not live: the service uses %s", st.Effective)
	case st.Pending && (f.Effective || f.EffectiveMetric != "" || len(f.Apply) > 0): // else it is in effect once it is stored
		line += "  … pending"
	case st.EffectErr != "":
		line += "  ? the service does not say: " + st.EffectErr
	case st.Inferred:
		line += "  ≈ in effect (inferred)"
	case !st.Effective.IsZero():
		line += "  ✔ in effect"
	case f.Effective:
		line += "  ? the service has not said yet"
	}
	return line
}

// uses says what the running service was seen to use.
func uses(st model.FlagState) string {
	if st.Effective.IsZero() || st.Inferred {
		return ""
	}
	return ", the service uses " + st.Effective.String()
}

// flagTrouble says what keeps flag f from being known, and what to do; nil
// where it is. A store that has nothing under the name answers, and yet a
// mistyped name looks the same: that is for check to say.
func flagTrouble(f *model.Flag, st model.FlagState) error {
	switch {
	case st.StoredErr != "":
		return errors.New(st.StoredErr)
	case st.Stored.IsZero():
		return fmt.Errorf("flag %s was not read: its store has not answered yet; see gonogo check --live", f.ID)
	}
	return nil
}

// liveFlagTrouble is flagTrouble, and what else check --live takes for trouble.
func liveFlagTrouble(f *model.Flag, st model.FlagState) error {
	if err := errors.Join(flagTrouble(f, st), asError(st.EffectErr)); err != nil {
		return err
	}
	switch {
	case st.Stored.Type == model.Unset:
		return fmt.Errorf("nothing is stored under its name%s: is the name right? If so, store a value first: gonogo flag set %s VALUE", uses(st), f.ID)
	case f.Effective && st.Effective.IsZero():
		return errors.New("the running service has not said what it uses: does effective name the right place?")
	case st.Unapplied():
		return fmt.Errorf("%s is stored, but the service uses %s: restart it, or see that effective names the right value", st.Stored, st.Effective)
	}
	return nil
}

// noFlag is a usage error that names the flags that there are.
func noFlag(r *model.Rollout, id model.FlagID) error {
	known := make([]string, len(r.Flags))
	for i, f := range r.Flags {
		known[i] = string(f.ID)
	}
	return usage("there is no flag %q; known: %s", id, strings.Join(known, ", "))
}
