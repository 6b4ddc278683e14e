package plan

import (
	"slices"
	"testing"

	"gonogo/model"
)

// TestAnOptionalPhaseIsPassedByWithoutAReason: and what only it would have set stays as it was,
// then and when the phase after it is entered again.
func TestAnOptionalPhaseIsPassedByWithoutAReason(t *testing.T) {
	r := testRollout()
	r.Phases[1].Optional = true
	r.Phases[1].Flags = append(r.Phases[1].Flags, model.Setting{Flag: "exports", Value: model.BoolValue(true)})
	r.Phases[2].Flags = []model.Setting{{Flag: "real", Value: model.BoolValue(true)}}
	s := &model.State{Phase: "staging", Attempts: []model.Attempt{{Phase: "staging", N: 1}}, Flags: map[model.FlagID]model.FlagState{}}
	p, err := Resolve(r, s, model.Verdict{Headline: model.GO}, model.Intent{ID: "1", Kind: model.ArmEnter, Phase: "all"})
	if err != nil || p.Override {
		t.Fatalf("override %v, %v", p.Override, err)
	}
	if got := flagsOf(p); !slices.Equal(got, []model.FlagID{"real"}) {
		t.Errorf("it sets %v", got)
	}
	s.Phase = "all"
	s.Attempts = append(s.Attempts, model.Attempt{Phase: "all", N: 1})
	for _, set := range model.EnteredFlags(r, s) {
		if set.Flag == "exports" && set.Value.Equal(model.BoolValue(true)) {
			t.Error("what a phase that was passed by sets is taken for drift")
		}
	}
	if v := model.ValueFor(model.PhaseSettings(r, s, "all"), "tenants", model.Value{}); !v.IsZero() {
		t.Errorf("a phase that was passed by sets tenants to %s", v)
	}
	s.Attempts[0].Phase = "ten" // it was entered after all
	if v := model.ValueFor(model.PhaseSettings(r, s, "all"), "tenants", model.Value{}); !v.Equal(model.ListValue("a")) {
		t.Errorf("an optional phase that was entered sets tenants to %q", v)
	}
}

// TestAPhaseThatIsNotOptionalNeedsAReasonToBePassedBy also beside one that is.
func TestAPhaseThatIsNotOptionalNeedsAReasonToBePassedBy(t *testing.T) {
	r := testRollout()
	r.Phases[1].Optional = true
	s := &model.State{Flags: map[model.FlagID]model.FlagState{}}
	_, err := Resolve(r, s, model.Verdict{Headline: model.GO}, model.Intent{ID: "1", Kind: model.ArmEnter, Phase: "all"})
	if err == nil {
		t.Error("staging was passed by without a reason")
	}
}

func flagsOf(p model.Plan) []model.FlagID {
	var out []model.FlagID
	for _, st := range p.Steps {
		for _, c := range st.Changes {
			out = append(out, c.Flag)
		}
	}
	return out
}
