package attach

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"gonogo/model"
)

// peer returns the process and the user at the other end of a unix socket, as the
// kernel knows them; of a listening socket's owner also while that is stopped.
func peer(conn net.Conn) (pid, uid int, err error) {
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return 0, 0, fmt.Errorf("%T is no unix socket", conn)
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var cred *syscall.Ucred
	var err2 error
	if err := raw.Control(func(fd uintptr) {
		cred, err2 = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	}); err != nil {
		return 0, 0, err
	}
	if err2 != nil {
		return 0, 0, err2
	}
	return int(cred.Pid), int(cred.Uid), nil
}

// lockHolder returns the process that holds the lock of dir, as the kernel
// knows it; 0 where none does or it cannot be seen from here.
func lockHolder(dir string) int {
	info, err := os.Stat(filepath.Join(dir, "lock"))
	if err != nil {
		return 0
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	b, err := os.ReadFile("/proc/locks")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line) // 1: FLOCK ADVISORY WRITE 4711 fd:01:1234 0 EOF
		if len(f) < 6 || f[1] != "FLOCK" || !strings.HasSuffix(f[5], ":"+strconv.FormatUint(st.Ino, 10)) {
			continue
		}
		if dev := strings.Split(f[5], ":"); len(dev) != 3 || dev[0] != fmt.Sprintf("%02x", major(st.Dev)) || dev[1] != fmt.Sprintf("%02x", minor(st.Dev)) {
			continue
		}
		pid, _ := strconv.Atoi(f[4])
		return max(0, pid)
	}
	return 0
}

// stranger returns the name of the process pid, where that holds the lock of a state
// directory and is no engine; "" where it may be one. says is the process that the lock's
// file names: an engine writes its number there, as it is where it runs. One that can only read
// the file is known by its name, which is this program's.
func stranger(pid, says int) string {
	name := commandOf(strconv.Itoa(pid))
	if pid == 0 || pid == says || name == "" || name == commandOf("self") {
		return ""
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(status)) {
		// NSpid: 4711 7: here it is 4711, and 7 in the container where it runs
		if f := strings.Fields(line); len(f) > 1 && f[0] == "NSpid:" && f[len(f)-1] == strconv.Itoa(says) {
			return ""
		}
	}
	return name
}

// commandOf returns the name of a process; "" where it cannot be seen.
func commandOf(pid string) string {
	b, err := os.ReadFile(filepath.Join("/proc", pid, "comm"))
	if err != nil {
		return ""
	}
	return model.Inert(strings.TrimSpace(string(b)))
}

func major(dev uint64) uint64 { return dev>>8&0xfff | dev>>32&^0xfff }
func minor(dev uint64) uint64 { return dev&0xff | dev>>12&^0xff }

// sameUser reports what speaks against ending the process pid: another user's, which only root may,
// or one in another pid namespace, whose number means another process here.
func sameUser(pid int) error {
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() && os.Geteuid() != 0 {
		return fmt.Errorf("process %d belongs to uid %d: ask that user, or root, to end it", pid, st.Uid)
	}
	mine, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return err
	}
	theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid))
	if err != nil {
		return err
	}
	if mine != theirs {
		return fmt.Errorf("process %d runs in another pid namespace (a container): end it from there", pid)
	}
	return nil
}
