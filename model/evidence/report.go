package evidence

import "time"

// Report is what a test can tell people. Times are since the attempt began.
type Report struct {
	Share, Times float64 // the claim: at most this share, or so many times the control's where Times is above 0

	Counts   Counts        // since Since, up to the proof where there is one
	Since    time.Duration // when counting began
	Proved   bool
	ProvedAt time.Duration // where Proved

	Log, LogBound float64 // natural logarithms: the evidence, -1e300 to 1e300, and where it proves

	// Of a Detector only.
	Rising   Counts        // events since the evidence began to rise, Counts.Share of them bad: what the proof is about
	RisingAt time.Duration // when that was
	Promise  float64       // what the chance of a false proof is at most, in the attempt up to now
}

// Report tells how far the test is.
func (d *Detector) Report(s *State) Report {
	return Report{
		Share: d.Claim.Share, Times: d.Claim.Times,
		Counts: s.Counts, Since: s.Since, Proved: s.Proved, ProvedAt: s.ProvedAt,
		Log: d.LogR(s), LogBound: d.logBound,
		Rising: s.Rising, RisingAt: s.RisingAt, Promise: d.Promise(s),
	}
}

// Report tells how far the test is; the claim is the poor share that it speaks against.
func (a *Acceptor) Report(s *Accepting) Report {
	r := Report{
		Share: a.Poor, Counts: s.Counts, Since: s.Since, Proved: s.Proved, ProvedAt: s.At,
		Log: s.Log, LogBound: a.logBound,
	}
	if a.Control {
		r.Share, r.Times = 0, a.Poor
	}
	return r
}

// Report tells how far the test is; the claim is the share, or times the
// control's, from which on the failure goes on.
func (r *Recovery) Report(s *Recovering) Report {
	a := Accepting{Log: s.S, Counts: s.Counts, Since: s.Since, Proved: s.Proved, At: s.At}
	return r.accept.Report(&a)
}
