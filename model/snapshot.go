package model

import "time"

// Point is one point of a chart. A gap is a Point whose V is NaN.
type Point struct {
	At time.Time
	V  float64
}

// Series is a metric's recent history, oldest first. Points are only ever
// added behind; when old ones were thinned out, Epoch changes.
type Series struct {
	Epoch  uint64
	First  uint64 // number of Points[0], counted from the epoch's start
	Points []Point
}

// SourceHealth is how a source does.
type SourceHealth struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	OK     bool      `json:"ok"`
	Err    string    `json:"err,omitempty"` // inert; what is wrong and since
	LastOK time.Time `json:"last_ok,omitzero"`
}

// LiveStep is what a running step says at the moment; it is not journaled.
type LiveStep struct {
	Step int    `json:"step"`
	Line string `json:"line"` // its last line of output, or what it waits for; inert
}

// LiveCheck is a check that gonogo runs at the moment; it is not journaled.
type LiveCheck struct {
	Check CheckID   `json:"check"`
	Since time.Time `json:"since"`
	Line  string    `json:"line,omitempty"` // its last line of output; inert
}

// EngineInfo is where the engine runs.
type EngineInfo struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Version string    `json:"version"`
	Viewers int       `json:"viewers"`
	User    string    `json:"user,omitempty"` // whose process it is; inert
	// Transient is the engine of a command, which ends with that.
	Transient bool `json:"transient,omitempty"`
}

// Snapshot is everything there is to see at one moment. It is immutable and
// may be shared by any number of viewers.
type Snapshot struct {
	Seq     uint64              `json:"seq"` // of State: the last record folded into it
	At      time.Time           `json:"at"`
	Rollout *Rollout            `json:"-"`
	State   State               `json:"state"`
	Gate    Verdict             `json:"gate"`
	Lines   map[MetricID]Line   `json:"lines"` // every metric, in a gate or not
	Series  map[MetricID]Series `json:"-"`
	Sources []SourceHealth      `json:"sources"`
	Live    []LiveStep          `json:"live,omitempty"`
	Checks  []LiveCheck         `json:"checks,omitempty"`  // that run at the moment
	Answers []Answer            `json:"answers,omitempty"` // the last 32
	Tail    []Record            `json:"tail,omitempty"`    // the last 200
	// Waiting counts the metrics that have not answered yet, not even with an
	// error, and the flags that were not observed.
	Waiting int `json:"waiting"`
	// Asked is since when the oldest intent waits that the engine has not taken yet; zero: none does.
	Asked    time.Time  `json:"asked,omitzero"`
	Engine   EngineInfo `json:"engine"`
	Identity string     `json:"identity,omitempty"` // what the environment's identity command printed; inert
	Attached bool       `json:"attached"`           // seen through the socket, from another process
	Access   Access     `json:"access,omitempty"`   // what this seat may do
	// Contested says which process keeps this engine from being the only one on its host, and stops ways up; inert.
	Contested string `json:"contested,omitempty"`
	Lost      string `json:"lost,omitempty"`    // the engine is gone, and this is what is done about it
	History   string `json:"history,omitempty"` // trouble with kept history; empty: none
	Journal   string `json:"journal,omitempty"` // trouble with the journal; empty: none
	// ConfigChanged is the hash of a changed config that waits to be adopted.
	ConfigChanged string   `json:"config_changed,omitempty"`
	ConfigChanges []string `json:"config_changes,omitempty"` // what is other in it, a line each; inert
	// ConfigTrouble says what is wrong with the config on disk, which then is not the
	// one that runs, or with parts that it names; inert.
	ConfigTrouble string `json:"config_trouble,omitempty"`
}

// Silence is an engine that is alive and says nothing, or takes nothing, or a
// process that is in its place.
type Silence struct {
	PID   int       // of the process that holds the state directory; 0: not known
	User  string    // whose process it is; empty: this user's, or not known
	Own   bool      // it is this process, which waits for its disk
	Dir   string    // the state directory
	Since time.Time // when it was heard last, or asked first
	Deaf  bool      // it shows what it knows, and takes no intent
	// Foreign is the name of a process that holds the state directory's lock and is no engine; empty: an engine does.
	Foreign string
}

// Answer returns what became of the intent id, and whether that is known yet.
func (s *Snapshot) Answer(id IntentID) (Answer, bool) {
	for _, a := range s.Answers {
		if a.Intent == id {
			return a, true
		}
	}
	return Answer{}, false
}
