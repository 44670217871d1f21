//go:build !linux

package attempt

import "time"

// sinceBoot counts from the start of this process: differences are all that is asked
// for.
func sinceBoot() time.Duration { return time.Since(processStart) }
