//go:build !agents

package binary

import "embed"

// embedded is empty: this program was built without agents.
var embedded embed.FS
