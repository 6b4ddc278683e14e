package plan

import (
	"time"

	"gonogo/model"
)

// Facts is what Next is told beside the plan and its folded steps. What is
// "here" belongs to the process that runs the plan and is gone with it: Next
// must do without, since another process may take the plan up at any moment.
type Facts struct {
	Rollout *model.Rollout
	Flags   map[model.FlagID]model.FlagState // as folded
	Stores  map[model.FlagID]string          // flags of one store are written together
	Reads   map[model.FlagID]bool            // the running service can be asked for its value

	Now    time.Time
	Began  time.Time // the plan was begun, or taken up, here
	Ends   time.Time // of its budget; zero: never
	Stop   Stop      // why no further step may begin
	Before string    // the plan that this one went before, while a step of it still runs here; empty: none does
	Doubts []string  // beside the steps, found here

	Busy     map[int]time.Time  // steps under way here, since when
	Marking  bool               // witnesses are being asked here what is old
	Marked   map[int]bool       // levels whose witnesses were asked here before they took effect
	Remarked map[int]bool       // and after
	Looking  map[Look]time.Time // looks under way here, since when
	Looks    map[Look]Seen      // the newest look of each kind, here
	Effects  int                // steps that were begun to take effect or ended here: what was looked at before says nothing
	Last     LastLook
}

// Stop says why no further step may begin. The zero Stop stops nothing.
type Stop struct {
	Fence     string // somebody else owns the rollout now, and why
	Journal   string // a fact of a way up could not be journaled
	Cancelled bool
	Budget    bool // it is over
}

// Why returns the stop in words, empty where there is none.
func (s Stop) Why() string {
	switch {
	case s.Fence != "":
		return s.Fence
	case s.Journal != "":
		return s.Journal
	case s.Cancelled:
		return "cancelled"
	case s.Budget:
		return "the plan's budget is over"
	}
	return ""
}

// Look is something that Next wants to know of a flag before it goes on.
type Look struct {
	Flag    model.FlagID
	Running bool // what the running service says, rather than the store
}

// Seen is what a look came to.
type Seen struct {
	Value   model.Value
	OK      bool // it answered
	At      time.Time
	Effects int // Facts.Effects when it began
}

// LastLook is the look at everything that was confirmed, which is repeated
// until all of it has stood long enough.
type LastLook struct {
	Began    time.Time // of the first; zero: there was none
	Ended    time.Time // of the newest
	Busy     bool
	Late     int                   // how many began when the time was up
	Fallen   map[int]string        // what did not stand in the newest, and why
	Flipped  map[int]model.Value   // set steps whose store holds something else, in the newest
	Again    map[model.FlagID]bool // set again, which is done once
	ReadBack map[model.FlagID]bool // seen in the running service, as the plan set them
	Over     bool                  // what had fallen in the end was ended anew
}

// Do is what Next answers: what may begin now, what ends without being tried, or that all is done.
type Do struct {
	Begin  []Job
	End    []End
	Doubts []string  // to be kept in Facts.Doubts
	Over   bool      // to be kept in Facts.Last.Over
	Wait   time.Time // ask again then, if nothing ends before; zero: when something ends
	Done   *Verdict  // the plan is over
}

// JobKind is what a job does.
type JobKind string

// The kinds of jobs. All of them may run beside each other.
const (
	JobSet      JobKind = "set"       // Steps: one atomic write
	JobRun      JobKind = "run"       // one step; begun before and not ended, it is looked at first
	JobVerify   JobKind = "verify"    // one step
	JobRest     JobKind = "rest"      // one step, a hold
	JobPeek     JobKind = "peek"      // one step of a dry drill
	JobLook     JobKind = "look"      // Looks
	JobMark     JobKind = "mark"      // the witnesses of Steps say what is old, before Level takes effect
	JobRemark   JobKind = "remark"    // Level took effect: what is old moves to that moment
	JobStand    JobKind = "stand"     // look once more at what Steps came to
	JobSetAgain JobKind = "set-again" // one step, whose flag flipped back
)

// Job is something that may begin now.
type Job struct {
	Kind  JobKind
	Level int
	Steps []int
	Looks []Look
}

// End is a step's end that needs no doing.
type End struct {
	Step    int
	Outcome model.Outcome
	Detail  string
}

// Verdict is how a plan ended.
type Verdict struct {
	Outcome model.Outcome
	Summary string // empty: what is in doubt is the summary
	Doubts  []string
}
