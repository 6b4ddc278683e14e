package attach

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"time"

	"gonogo/model"
)

const (
	lookupTime = time.Second // for the user database, which may hang
	knownFor   = time.Minute
	knownMost  = 1024
)

// account is a unix user with the names of their groups.
type account struct {
	name   string
	groups []string
	at     time.Time
}

// accounts are the unix users that were looked up, for knownFor.
type accounts struct {
	mu    sync.Mutex
	known map[int]account
}

// of returns the account of uid; one that cannot be looked up in time has no groups.
func (a *accounts) of(uid int) account {
	a.mu.Lock()
	have, ok := a.known[uid]
	a.mu.Unlock()
	if ok && time.Since(have.at) < knownFor {
		return have
	}
	found := make(chan account, 1)
	go func() { found <- lookUp(uid) }() // may hang, and nobody waits for it then
	select {
	case have = <-found:
	case <-time.After(lookupTime):
		return account{name: fmt.Sprintf("uid %d", uid)}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil || len(a.known) >= knownMost {
		a.known = map[int]account{}
	}
	a.known[uid] = have
	return have
}

func lookUp(uid int) account {
	out := account{name: fmt.Sprintf("uid %d", uid), at: time.Now()}
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return out
	}
	out.name = model.Inert(u.Username)
	ids, err := u.GroupIds()
	if err != nil {
		ids = []string{u.Gid}
	}
	for _, id := range ids {
		if g, err := user.LookupGroupId(id); err == nil {
			out.groups = append(out.groups, g.Name)
		}
	}
	return out
}

// person returns who the process pid of uid acts for: "deploy", or "deploy
// (bob)" where bob logged in and became deploy. The kernel's login uid alone says that.
func (a *accounts) person(pid, uid int) string {
	name := a.of(uid).name
	if login, ok := loginUID(pid, uid); ok && login != uid {
		name += " (" + a.of(login).name + ")"
	}
	return name
}

// loginUID returns the user who logged in to the session of the process pid,
// and whether that is known: pid must still be a process of uid.
func loginUID(pid, uid int) (int, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/loginuid", pid))
	if err != nil {
		return 0, false
	}
	login, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 32)
	if err != nil || login == 1<<32-1 {
		return 0, false
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == "Uid:" {
			return int(login), f[2] == strconv.Itoa(uid)
		}
	}
	return 0, false
}

// Self returns who sits at this process, as an engine would see it: by its
// own user id, never by its environment.
func Self() model.Actor {
	var a accounts
	host, _ := os.Hostname()
	return model.Actor{Name: a.person(os.Getpid(), os.Geteuid()), Host: model.Inert(host)}
}
