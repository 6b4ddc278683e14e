package gate

import (
	"time"

	"gonogo/model"
)

// Looked is what one look at everything came to.
type Looked struct {
	Verdict  model.Verdict
	Soak     time.Duration // served in the attempt by now
	Credited bool          // some of it since the look before
	Turned   bool          // as Judge says
}

// Look judges every metric and the gate at now, elapsed after the look before, whose
// verdict was, and credits that time to the soak served where it was healthy. known is s
// as far as it is known by now, see Decide. Who begins another attempt calls Begin first.
// An engine and a rehearsal on history both judge by this alone; only an engine knows of more lines.
func (k *Keeper) Look(s, known *model.State, was model.Verdict, soak time.Duration, now time.Time, elapsed time.Duration, more ...model.Line) Looked {
	out := Looked{Soak: soak}
	if was.Healthy && s.Attempt() != nil && elapsed > 0 && !Changing(s) {
		out.Soak += elapsed
		out.Credited = true
	}
	out.Turned = k.Judge(s, now, elapsed)
	out.Verdict = Decide(k.rollout, known, k.Line, out.Soak, now, was, more...)
	return out
}
