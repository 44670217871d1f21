package format

import (
	"regexp"
	"strings"
)

// The instance ids that name their repository:
//
//	owner__name-123        SWE-bench and its family; _4 may follow, an attempt
//	owner__name.1a2b3c4d.… SWE-smith: commit, then the kind of bug
var (
	sweBenchID = regexp.MustCompile(`^(.+?)__(.+)-\d+(_\d+)?$`)
	sweSmithID = regexp.MustCompile(`^(.+?)__(.+?)\.[0-9a-f]{8}\.`)
)

func RepoOfInstance(id string) string {
	for _, pattern := range []*regexp.Regexp{sweSmithID, sweBenchID} {
		if m := pattern.FindStringSubmatch(id); m != nil {
			return m[1] + "/" + m[2]
		}
	}
	return ""
}

func WithoutAttempt(id string) string {
	if m := sweBenchID.FindStringSubmatch(id); m != nil {
		return strings.TrimSuffix(id, m[3])
	}
	return id
}
