package attempt

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot is how long the machine has been up, the time that it slept included. No
// setting of the clock changes it.
func sinceBoot() time.Duration {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) != nil {
		return time.Since(processStart)
	}
	return time.Duration(now.Nano())
}
