package dialect

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// identify fills in who acted, on what and where, from what the record says.
func identify(t *format.Trajectory, v pyjson.Value) {
	if id := v.Get("instance_id").Scalar(); id != "" {
		t.InstanceID = id
	}
	t.ID = pyjson.FirstScalar(v.Get("traj_id"), v.Get("trajectory_id"), v.Get("id"), v.Get("uuid"))
	t.Repo = repoOf(v, t.InstanceID)
	t.Teacher = teacherOf(v)
	t.ExitStatus = format.NameOr(t.ExitStatus, v.Get("exit_status").Text())
	// A member called just patch is another's: the reference solution, or, in
	// SWE-smith's rows, a neighbour's.
	t.Patch = format.NameOr(t.Patch, pyjson.FirstScalar(v.Get("model_patch"), v.Get("generated_patch"), v.Get("rollout_patch")))
}

// spellIDs makes text of ids that were taken from the names of files.
func spellIDs(t *format.Trajectory) {
	for _, id := range []*string{&t.ID, &t.InstanceID} {
		if !utf8.ValidString(*id) {
			*id = format.SpellPath(*id)
		}
	}
}

// complete refuses a trajectory that holds nothing to learn from and gives
// an ID to one whose record has none.
func complete(t *format.Trajectory) error {
	switch {
	case len(t.Messages) == 0:
		return format.Rejectf(format.NoMessages, "an empty list of messages")
	case t.Steps() == 0:
		return format.Rejectf(format.NoAssistant, "no assistant message among %d", len(t.Messages))
	}
	if err := refuseVerdict(t); err != nil {
		return err
	}
	if t.Repo == "" {
		t.Repo = format.NameOr(format.RepoOfInstance(t.InstanceID), format.RepoOfInstance(t.ID))
	}
	if t.ID == "" {
		t.ID = strings.TrimPrefix(t.InstanceID+"-"+digest(t), "-")
	}
	return nil
}

// Digest names the content: 12 hexadecimal digits of the SHA-256 over every
// message, enough for 16 million trajectories at even odds of one clash.
func digest(t *format.Trajectory) string {
	h := sha256.New()
	w := bufio.NewWriterSize(h, 4096)
	part := func(s string) {
		w.Write(append(strconv.AppendInt(w.AvailableBuffer(), int64(len(s)), 10), ':'))
		w.WriteString(s)
	}
	for _, m := range t.Messages {
		part(string(m.Role))
		part(m.Content)
		for _, c := range m.Calls {
			part(c.Name)
			part(string(c.Arguments))
		}
	}
	_ = w.Flush() // a hash takes everything
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// repoOf takes the repository a record names (repo, instance.repo, or org
// and repo apart as Multi-SWE-bench writes it), else reads the instance id. A
// name without owner is better than none.
func repoOf(v pyjson.Value, instanceID string) string {
	bare := ""
	for _, at := range []pyjson.Value{v, v.Get("instance"), v.Get("issue")} {
		repo := at.Get("repo").Text()
		if strings.Contains(repo, "/") || strings.Contains(repo, "__") {
			return repo
		}
		for _, owner := range []string{"org", "owner"} {
			if owner := at.Get(owner).Text(); owner != "" && repo != "" {
				return owner + "/" + repo
			}
		}
		bare = format.NameOr(bare, repo)
	}
	return format.NameOr(format.RepoOfInstance(instanceID), bare)
}

// teacherOf looks where scaffolds name the model that acted. A run id of
// OpenHands starts with it: MODEL_maxiter_50_N_….
func teacherOf(v pyjson.Value) string {
	model := pyjson.FirstScalar(v.Get("metadata", "llm_config", "model"), v.Get("model"), v.Get("model_name"),
		v.Get("model_name_or_path"), v.Get("response", "model"), v.Get("fncall_response", "model"), v.Get("teacher"))
	if model != "" {
		return model
	}
	model, _, found := strings.Cut(v.Get("run_id").Text(), "_maxiter_")
	if !found {
		return ""
	}
	return model
}
