package model

import (
	"slices"
	"strings"
)

// Person is somebody whose word counts by a title.
type Person struct {
	Name   string   `json:"name"`
	Unix   string   `json:"unix"` // the user that the kernel knows them as
	Titles []string `json:"titles"`
}

// With returns the people with a title, in the order of the config.
func (a *AccessRules) With(title string) []Person {
	var out []Person
	for _, p := range a.People {
		if slices.Contains(p.Titles, title) {
			out = append(out, p)
		}
	}
	return out
}

// approvalPrefix begins the name of each approval; no check of a config has a slash in its own.
const approvalPrefix = "approve/"

// IsApproval reports whether id names an approval of a phase.
func (id CheckID) IsApproval() bool { return strings.HasPrefix(string(id), approvalPrefix) }

// Approvals returns the signatures that phase p, which may be nil, asks for before it is entered.
func (p *Phase) Approvals() []Check {
	if p == nil {
		return nil
	}
	var out []Check
	for _, title := range p.Approve {
		name := p.Title
		if name == "" {
			name = string(p.ID)
		}
		out = append(out, Check{
			ID: CheckID(approvalPrefix + string(p.ID) + "/" + title), Kind: CheckPlan, Title: title, Text: Inert(name + " approved by " + title),
		})
	}
	return out
}

// Unapproved returns the approvals that phase p, which may be nil, asks for and that nobody gave
// for the config that runs.
func (s *State) Unapproved(r *Rollout, p *Phase) []Check {
	var out []Check
	for _, c := range p.Approvals() {
		if _, signed := s.PlanSigned(r, c.ID); !signed {
			out = append(out, c)
		}
	}
	return out
}

// withoutApprovals returns s without the approvals of phase id: entering it used them up.
func withoutApprovals(s State, id PhaseID) State {
	for check := range s.SignOff {
		if strings.HasPrefix(string(check), approvalPrefix+string(id)+"/") {
			sig := s.SignOff[check]
			sig.Config = "" // counts for none
			s.SignOff = with(s.SignOff, check, sig)
		}
	}
	return s
}
