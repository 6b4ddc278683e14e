package model

// Access is what a seat may do with the rollout. The engine decides it for each connection.
type Access string

// The accesses. A member of the config's group looks, rolls back, vetoes and holds.
const (
	AccessAll      Access = ""
	AccessMember   Access = "member"
	AccessReadOnly Access = "read-only"
)

// AccessRules are the config's [access].
type AccessRules struct {
	People []Person `json:"people,omitempty"` // whose titles count where a phase asks for approval
	Group  string   `json:"group,omitempty"`  // the unix group whose members may attach; empty: none
}
