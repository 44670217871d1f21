package attempt

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// An oomCount is how many processes the kernel has killed for want of memory: in
// our own control group, and on the whole machine; -1 where it does not tell.
type oomCount struct{ group, machine int }

func countOOM() oomCount {
	return oomCount{group: groupOOM("/proc/self/cgroup", "/sys/fs/cgroup"), machine: field("/proc/vmstat", "oom_kill")}
}

// groupOOM reads the counter of this process's control group, of version 2
// (memory.events) or 1 (memory.oom_control). The root group has none.
func groupOOM(own, mount string) int {
	data, err := os.ReadFile(own)
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(data)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		dir, file := "", ""
		switch {
		case parts[1] == "memory":
			dir, file = filepath.Join(mount, "memory"), "memory.oom_control"
		case parts[0] == "0":
			dir, file = mount, "memory.events"
		}
		own := filepath.Join(dir, parts[2])
		if _, err := os.Stat(own); err != nil {
			own = dir // of a container that has its own group mounted, and sees the name outside
		}
		if n := field(filepath.Join(own, file), "oom_kill"); n >= 0 {
			return n
		}
	}
	return -1
}

// field is the number behind a name at the start of a line.
func field(file, name string) int {
	data, err := os.ReadFile(file)
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(data)) {
		if count, ok := strings.CutPrefix(line, name+" "); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(count)); err == nil {
				return n
			}
		}
	}
	return -1
}
