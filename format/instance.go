package format

import (
	"regexp"
	"slices"
	"strings"
)

// The ids that name their repository:
//
//	owner__name.1a2b3c4d.…     SWE-smith: commit, then the kind of bug
//	instance_owner__name-SHA…  SWE-bench Pro
//	owner__name-123            SWE-bench and its family; _4 may follow, an attempt
//	owner/name:pr-123          Multi-SWE-bench, also owner/name#123 and the paths of a forge
var (
	sweSmithID = regexp.MustCompile(`^(?:[\w-]+/)?([^/]+?)__([^/]+?)\.[0-9a-f]{8}(?:\.|$)`)
	sweProID   = regexp.MustCompile(`^instance_([^/]+?)__([^/]+)-[0-9a-f]{40}(?:-|$)`)
	sweBenchID = regexp.MustCompile(`^([^/]+?)__([^/]+)-\d+(_\d+)?$`)
	pullID     = regexp.MustCompile(`^([\w.-]+)/([\w.-]+?)(?::pr-|#|/pulls?/|/issues?/)\d+$`)
	// imageID is a container image of SWE-bench or SWE-smith, whose tags cannot
	// hold two underscores in a row.
	imageID = regexp.MustCompile(`(?:sweb\.eval|swesmith)\.\w+\.([\w-]+?)_1776_([\w.-]+?)(?:-\d+|\.[0-9a-f]{8})(?:[:.]|$)`)
)

// RepoOfInstance reads the repository, owner/name, off an id; empty where the
// id does not hold one.
func RepoOfInstance(id string) string {
	for _, pattern := range []*regexp.Regexp{sweSmithID, sweProID, sweBenchID, pullID, imageID} {
		if m := pattern.FindStringSubmatch(id); m != nil {
			return m[1] + "/" + m[2]
		}
	}
	if repo := NormalRepo(id); strings.Contains(id, "://") && strings.Count(repo, "/") == 1 {
		return repo
	}
	return ""
}

// numbered are the ids that name a change of a repository by its number, each
// with owner, name and number.
var numbered = []*regexp.Regexp{
	regexp.MustCompile(`^([^/]+?)__([^/]+)-(\d+)$`),
	regexp.MustCompile(`^([\w.-]+)/([\w.-]+?)(?::pr-|#|/pulls?/|/issues?/)(\d+)$`),
	regexp.MustCompile(`sweb\.eval\.\w+\.([\w-]+?)_1776_([\w.-]+?)-(\d+)(?::|$)`),
}

// NormalInstance is the one spelling of an instance's id: owner/name#123 in
// small letters for owner__name-123, with or without the number of an attempt,
// owner/name:pr-123, the path of a forge and the image of SWE-bench; of others
// the id in small letters.
func NormalInstance(id string) string {
	id = forge.ReplaceAllString(WithoutAttempt(strings.ToLower(strings.TrimSpace(id))), "")
	for _, pattern := range numbered {
		if m := pattern.FindStringSubmatch(id); m != nil {
			return m[1] + "/" + m[2] + "#" + m[3]
		}
	}
	return id
}

// WithoutAttempt cuts the number of the attempt that SWE-Gym adds to an
// instance's id.
func WithoutAttempt(id string) string {
	if m := sweBenchID.FindStringSubmatch(id); m != nil {
		return strings.TrimSuffix(id, m[3])
	}
	return id
}

var (
	// forge is what stands before a repository's path in an address, of git or
	// of a page.
	forge = regexp.MustCompile(`^(?:git\+)?(?:[a-z]+://(?:[^@/]+@)?[^/:]+(?::\d+)?/|[^@/]+@[^/:]+:|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev)/)(?:repos/)?`)
	// smithCommit ends the names of SWE-smith's mirrors.
	smithCommit = regexp.MustCompile(`\.[0-9a-f]{8}$`)
	// unnamed are the words for no repository.
	unnamed = []string{"none", "null", "nan", "n/a", "unknown", "-"}
	// pages are the parts of a forge's site below a repository.
	pages = []string{"-", "tree", "blob", "pull", "pulls", "issues", "commit", "commits", "releases", "wiki"}
)

// NormalRepo is the one spelling of a repository's name: owner/name in small
// letters, however the record has it (Owner/Name, owner__name,
// swesmith/owner__name.1a2b3c4d, an address with or without .git). The host
// does not count, for mirrors hold the same code. A name without owner stays
// one, and the words for none are the empty name.
func NormalRepo(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if slices.Contains(unnamed, name) {
		return ""
	}
	name = forge.ReplaceAllString(name, "")
	if cut := strings.IndexAny(name, "?#@"); cut >= 0 {
		name = name[:cut]
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
	if len(parts) > 2 && slices.Contains(pages, parts[2]) {
		parts = parts[:2]
	}
	if len(parts) == 0 {
		return ""
	}
	last := &parts[len(parts)-1]
	*last = strings.TrimSuffix(*last, ".git")
	if repo, ok := mirrored(parts); ok {
		return repo
	}
	return strings.Join(parts, "/")
}

// mirrored reads names that hold owner and name in one word, alone or below the
// owner of the mirrors.
func mirrored(parts []string) (repo string, ok bool) {
	last := parts[len(parts)-1]
	if len(parts) == 2 && parts[0] == "mswebench" {
		if owner, name, found := strings.Cut(last, "_m_"); found {
			return owner + "/" + name, true
		}
	}
	owner, name, found := strings.Cut(last, "__")
	commit := smithCommit.MatchString(name)
	if !found || owner == "" || name == "" || len(parts) > 2 || len(parts) == 2 && parts[0] != "swesmith" && !commit {
		return "", false
	}
	return owner + "/" + smithCommit.ReplaceAllString(name, ""), true
}
