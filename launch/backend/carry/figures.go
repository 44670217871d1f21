package carry

import "time"

// Seconds rounds up.
func Seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// Signal is the signal that a shell's exit code stands for; 0 for none.
func Signal(code int) int {
	if code > 128 && code < 128+65 {
		return code - 128
	}
	return 0
}
