package model

import (
	"fmt"
	"time"
)

// testRollout is a rollout of two flags in a file, and one that is live at once.
func testRollout() *Rollout {
	on, off := BoolValue(true), BoolValue(false)
	return &Rollout{
		ID: "r",
		Flags: []Flag{
			{ID: "real", Type: Bool, Safe: off, Apply: []ActionID{"restart"}},
			{ID: "tenants", Type: List, SafeKeep: true, Empty: "everyone", Needs: []FlagID{"real"}, Apply: []ActionID{"restart"}},
			{ID: "exports", Type: Bool, Safe: off},
		},
		Actions: []ActionSpec{{ID: "restart", Title: "restart", Timeout: time.Minute}},
		Phases: []Phase{
			{ID: "staging", Title: "Staging"},
			{ID: "ten", Title: "10%", Flags: []Setting{{"real", on}, {"tenants", ListValue("a")}}},
			{ID: "all", Title: "All", Flags: []Setting{{"tenants", ListValue()}, {"exports", on}}},
		},
		Rollbacks: []Rollback{
			{ID: "quick", Title: "Off", Emergency: true, Scope: ScopeSafe, Budget: time.Minute, Run: []ActionID{"restart"},
				Verify: []Verify{{Kind: VerifyFlag, Flag: "real", Within: time.Minute}}},
			{ID: "one", Title: "Phase off", Scope: ScopePhase, Budget: time.Minute, Verify: []Verify{{Kind: VerifyFlag, Flag: "phase", Within: time.Minute}}},
		},
	}
}

// people returns n names.
func people(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("t%02d", i+1)
	}
	return out
}
