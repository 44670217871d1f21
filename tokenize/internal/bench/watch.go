package main

import (
	"syscall"
	"time"
)

// A watch measures what one piece of work costs the whole process.
type watch struct {
	cpu  float64
	wall time.Time
}

func startWatch() watch { return watch{cpuSeconds(), time.Now()} }

func (w watch) seconds() (cpu, wall float64) {
	return cpuSeconds() - w.cpu, time.Since(w.wall).Seconds()
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
