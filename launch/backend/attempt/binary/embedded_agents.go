//go:build agents

package binary

import "embed"

// embedded has the agents of a release, which Pack has written: a build with the tag
// agents fails where they are not there.
//
//go:embed embedded/agent-linux-amd64.gz embedded/agent-linux-arm64.gz
var embedded embed.FS
