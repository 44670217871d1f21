package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"trainyard/launch"
)

// A Job says which indices have failed, and not why, and the pod of a cell that the cluster
// took away is gone when it has ended. The API server remembers what was deleted for some
// minutes, and events for an hour.

// remembered is how old the version of the last look may get: after five minutes an API
// server forgets, and busy ones sooner.
const remembered = time.Minute

// recall finds out why a cell failed of which no pod is left, from its pod as it was last,
// or from an event. Where neither is to be had nothing changes.
func (c *client) recall(ctx context.Context, h handle, s sight) launch.Status {
	if gone := c.past(ctx, h, s.seen.Version); len(gone) > 0 {
		s.pods, s.gone = gone, true
		return s.judge()
	}
	s.seen.Disrupted = c.event(ctx, h)
	return s.judge()
}

// unexplained reports whether a cell has failed, and nothing says why.
func (s sight) unexplained(h handle, now launch.Status) bool {
	return h.Index != nil && now.State == launch.Failed && len(s.pods) == 0 && s.seen.Disrupted == "" && s.seen.Hopeless == ""
}

// past are the pods of a cell that were deleted since a version, as they were then.
func (c *client) past(ctx context.Context, h handle, version string) (gone []pod) {
	if version == "" {
		return nil
	}
	body, err := c.open(ctx, http.MethodGet, c.in(h).core("pods")+"?watch=true&timeoutSeconds=1&resourceVersion="+url.QueryEscape(version)+"&labelSelector="+url.QueryEscape(h.podsSelector()), "", nil)
	if err != nil {
		return nil // too long ago, or not allowed
	}
	defer body.Close()
	for lines := json.NewDecoder(body); ; {
		var change struct {
			Type   string `json:"type"`
			Object pod    `json:"object"`
		}
		if lines.Decode(&change) != nil {
			return gone
		}
		if change.Type == "DELETED" {
			gone = append(gone, change.Object)
		}
	}
}

// disruptions are the reasons of events by which the scheduler, the controller of taints
// and kubelets say that they take a pod away.
var disruptions = []string{"Preempted", "TaintManagerEviction", "Evicted"}

// event is what the cluster says of a cell's pod that it took away, in the words of
// [sight.disruption]; empty where it says nothing.
func (c *client) event(ctx context.Context, h handle) string {
	for _, reason := range disruptions {
		var list struct {
			Items []struct {
				Message string `json:"message"`
				Of      struct {
					Name string `json:"name"`
				} `json:"involvedObject"`
			} `json:"items"`
		}
		which := "involvedObject.kind=Pod,reason=" + reason
		if c.do(ctx, http.MethodGet, c.in(h).core("events")+"?fieldSelector="+url.QueryEscape(which), "", nil, &list) != nil {
			return ""
		}
		prefix := fmt.Sprintf("%s-%d-", h.Name, *h.Index) // the rest of a name is chance
		for _, e := range slices.Backward(list.Items) {
			if strings.HasPrefix(e.Of.Name, prefix) {
				return fmt.Sprintf(" (%s: %s)", reason, clip(e.Message, 300))
			}
		}
	}
	return ""
}
