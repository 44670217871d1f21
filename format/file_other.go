//go:build !linux && !darwin

package format

import (
	"io/fs"
	"time"
)

func changed(fs.FileInfo) time.Time { return time.Time{} }
